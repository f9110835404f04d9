"""A parcel as an Internet message (RFC 5322), marked so that it can be found again."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.notification.domain.parcel import Parcel

ID_HEADER = "X-Binome-Message-Id"
TEMPLATE_HEADER = "X-Binome-Template"
CHANNEL_HEADER = "X-Binome-Channel"
SENDER_NAME = "Binôme"


def letter(parcel: Parcel, sender: str) -> EmailMessage:
    """The message with its headers. `parcel` has refused whatever would break a header."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{parcel.id}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(parcel.at)
    message["From"] = f"{SENDER_NAME} <{sender}>"
    message["To"] = parcel.to
    message["Subject"] = parcel.subject
    message[ID_HEADER] = str(parcel.id)
    message[TEMPLATE_HEADER] = parcel.template
    message[CHANNEL_HEADER] = parcel.channel
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parcel.text)
    if parcel.html:
        message.add_alternative(parcel.html, subtype="html")
    return message
