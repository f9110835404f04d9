"""Nothing that reaches a header can break out of it."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import uuid4

import pytest

from services.notification.domain.outgoing_message import OutgoingMessage, UnsafeHeader
from services.notification.gateways.mime import to_mime

AT = datetime(2026, 1, 10, 9, tzinfo=UTC)


def parcel(to: str = "ines@exemple.example", subject: str = "Bonjour") -> OutgoingMessage:
    return OutgoingMessage(
        uuid4(), "mentee_registered", "mail", to, "Où ?\n", AT, subject, "<p>Où ?</p>"
    )


@pytest.mark.parametrize("mark", ["\r", "\n", "\r\n", "\0", "\u2028", "\x0b", "\x85"])
def test_a_line_break_in_an_address_or_a_subject_is_refused(mark: str) -> None:
    with pytest.raises(UnsafeHeader):
        parcel(to=f"ines@exemple.example{mark}Bcc: tous@exemple.example")
    with pytest.raises(UnsafeHeader):
        parcel(subject=f"Bonjour{mark}Bcc: tous@exemple.example")


def test_an_empty_address_is_refused() -> None:
    with pytest.raises(UnsafeHeader):
        parcel(to="")


def test_neither_address_nor_words_show_in_a_traceback() -> None:
    assert "exemple" not in repr(parcel())
    assert "Où" not in repr(parcel())


def test_the_letter_can_be_found_again_and_tells_business_time() -> None:
    sent = parcel(subject="Déjà là : l’été")
    written = to_mime(sent, "ne-pas-repondre@binome.example")
    message = message_from_bytes(written, policy=policy.default)
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert message.defects == []
    assert message["Subject"] == "Déjà là : l’été"
    assert message.get_body(("plain",)).get_content() == "Où ?\n"  # type: ignore[union-attr]
    assert message.get_body(("html",)).get_content() == "<p>Où ?</p>"  # type: ignore[union-attr]
    assert message["Message-ID"] == f"<{sent.id}@binome.example>"
    assert message["X-Binome-Message-Id"] == str(sent.id)
    assert message["X-Binome-Template"] == "mentee_registered"
    assert message["X-Binome-Channel"] == "mail"
    assert message["Date"].datetime == AT
    assert message["From"] == "Binôme <ne-pas-repondre@binome.example>"
