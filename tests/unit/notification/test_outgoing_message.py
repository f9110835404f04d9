"""Nothing that reaches a header can break out of it."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

import pytest

from services.notification.domain.outgoing_message import OutgoingMessage, UnsafeHeader
from services.notification.gateways.mime import to_mime

AT = datetime(2026, 1, 10, 9, tzinfo=UTC)


SENDER = "ne-pas-repondre@binome.example"
WORDS = {
    "french": "Déjà là : l’été, un mentor pour toi ; réponds avant la fin du mois s’il te plaît",
    "russian": "Привет, мир  и " * 8,
    "arabic": "مرحبا بالعالم ، أهلا " * 6,
    "hindi": "नमस्ते दुनिया " * 9,
    "chinese": "你好世界" * 30,
    "thai": "สวัสดีชาวโลก" * 12,
    "korean": "안녕하세요 세계 " * 10,
    "composed": "e\u0301a\u0308 ﬁ " * 20,
    "emoji": "👩\u200d👧\u200d👦🎉 " * 15,
    "long": "x" * 200,
    "spaces": f"a  {'é' * 40}  b   {'é' * 40} c",
    "encoded": "=?utf-8?q?x?= " * 5,
    "punctuation": 'a, b; <c> "d" (e) @f: ' * 8,
}


def make_message(
    to: str = "ines@exemple.example",
    subject: str = "Bonjour",
    text: str = "Où ?\n",
    html: str = "<p>Où ?</p>",
) -> OutgoingMessage:
    return OutgoingMessage(uuid4(), "mentee_registered", "mail", to, text, AT, subject, html)


def read_back(written: bytes) -> EmailMessage:
    message = message_from_bytes(written, policy=policy.default)
    assert message.defects == []
    return message


def content(message: EmailMessage, kind: str) -> str:
    """A part of a message, byte by byte."""
    part = message.get_body((kind,))
    assert part is not None
    assert part.defects == []
    assert part["Content-Type"].params["charset"] == "utf-8"
    return bytes(part.get_payload(decode=True)).decode()


@pytest.mark.parametrize("mark", ["\r", "\n", "\r\n", "\0", "\u2028", "\x0b", "\x85"])
def test_a_line_break_in_an_address_or_a_subject_is_refused(mark: str) -> None:
    with pytest.raises(UnsafeHeader):
        make_message(to=f"ines@exemple.example{mark}Bcc: tous@exemple.example")
    with pytest.raises(UnsafeHeader):
        make_message(subject=f"Bonjour{mark}Bcc: tous@exemple.example")


def test_an_empty_address_is_refused() -> None:
    with pytest.raises(UnsafeHeader):
        make_message(to="")


def test_neither_address_nor_words_show_in_a_traceback() -> None:
    assert "exemple" not in repr(make_message())
    assert "Où" not in repr(make_message())


def test_the_mail_has_a_stable_id_and_business_time() -> None:
    sent = make_message(subject="Déjà là : l’été")
    written = to_mime(sent, SENDER)
    message = read_back(written)
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert message["Subject"] == "Déjà là : l’été"
    assert message.get_content_type() == "multipart/alternative"
    assert content(message, "plain") == "Où ?\n"
    assert content(message, "html") == "<p>Où ?</p>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_all("MIME-Version") == ["1.0"]
    assert message["Message-ID"] == f"<{sent.id}@binome.example>"
    assert message["X-Binome-Message-Id"] == str(sent.id)
    assert message["X-Binome-Template"] == "mentee_registered"
    assert message["X-Binome-Channel"] == "mail"
    assert message["Date"].datetime == AT
    assert message["From"] == "Binôme <ne-pas-repondre@binome.example>"


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_words_of_every_script_come_back_as_they_were(words: str) -> None:
    subject = words.strip()
    written = to_mime(make_message(subject=subject, text=words, html=f"<p>{words}</p>"), SENDER)
    message = read_back(written)
    assert message["Subject"] == subject
    assert content(message, "plain") == words
    assert content(message, "html") == f"<p>{words}</p>"


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_line_is_ascii_and_short(words: str) -> None:
    written = to_mime(make_message(subject=words, text=words * 20, html=words * 20), SENDER)
    assert written.isascii()
    lines = [line for line in written.split(b"\r\n") if b"boundary" not in line]
    assert max(map(len, lines)) <= 78
    encoded = re.findall(rb"=\?utf-8\?.*?\?=", written)
    assert encoded
    assert max(map(len, encoded)) <= 75, "RFC 2047"


def test_a_text_alone_is_one_part() -> None:
    message = read_back(to_mime(make_message(subject="", text="Bonjour", html=""), "Binome"))
    assert message.get_content_type() == "text/plain"
    assert content(message, "plain") == "Bonjour"
    assert message["Subject"] == ""


@pytest.mark.parametrize(
    "to", ["inès@exemplé.example", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example", "+33612345678"]
)
def test_an_address_stands_as_it_is_on_one_line(to: str) -> None:
    sent = make_message(to=to)
    domain = f"{'long.' * 20}example"
    lines = to_mime(sent, f"ne-pas-repondre@{domain}").split(b"\r\n")
    assert f"To: {to}".encode() in lines
    assert f"Message-ID: <{sent.id}@{domain}>".encode() in lines
    assert sum(not line.isascii() for line in lines) == (not to.isascii())
