"""An outgoing message in MIME (RFC 5322), marked so that it can be found again.

By the standard library's classes, with its policy `compat32`: under the newer policies a message
loses spaces between the encoded words of a long subject (Python 3.11, measured) and takes several
times as long.
"""

from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr

from services.notification.domain.outgoing_message import OutgoingMessage

ID_HEADER = "X-Binome-Message-Id"
TEMPLATE_HEADER = "X-Binome-Template"
CHANNEL_HEADER = "X-Binome-Channel"
SENDER_NAME = "Binôme"
ENCODED_WORD = 75
"""The longest one (RFC 2047, 2)."""
_POLICY = compat32.clone(linesep="\r\n", max_line_length=998)
"""The most that a line may have: ids and addresses are not broken. A subject is folded before."""


def to_mime(outgoing: OutgoingMessage, sender: str) -> bytes:
    """The message as it travels: CRLF, ASCII unless the address itself is not."""
    message = _build_body(outgoing)
    message["Message-ID"] = f"<{outgoing.id}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(outgoing.at)
    message["From"] = formataddr((SENDER_NAME, sender))
    # Surrogates stand for bytes: an address that is not ASCII travels as UTF-8 (RFC 6532).
    message["To"] = outgoing.to.encode().decode("ascii", "surrogateescape")
    message["Subject"] = Header(outgoing.subject, "utf-8", ENCODED_WORD, "Subject").encode()
    message[ID_HEADER] = str(outgoing.id)
    message[TEMPLATE_HEADER] = outgoing.template
    message[CHANNEL_HEADER] = outgoing.channel
    message["Auto-Submitted"] = "auto-generated"
    return message.as_bytes()


def _build_body(outgoing: OutgoingMessage) -> Message:
    text = MIMEText(outgoing.text, "plain", "utf-8", policy=_POLICY)
    if not outgoing.html:
        return text
    html = MIMEText(outgoing.html, "html", "utf-8", policy=_POLICY)
    return MIMEMultipart("alternative", outgoing.id.hex, (text, html), policy=_POLICY)
