"""Choice of the channel, and delays of retries."""

import pytest

from services.notification.domain.backoff import LONGEST_SECONDS, delay
from services.notification.domain.channel import next_channel
from shared.contracts.types import Channel


@pytest.mark.parametrize(
    ("email", "phone", "spent", "channel"),
    [
        ("a@b.example", "+33639980001", (), "mail"),
        (None, "+33639980001", (), "sms"),
        ("a@b.example", "+33639980001", ("mail",), "sms"),
        ("a@b.example", None, ("mail",), None),
        ("a@b.example", "+33639980001", ("mail", "sms"), None),
        (None, None, (), None),
        ("", "", (), None),
    ],
)
def test_mail_first_then_what_is_left(
    email: str | None, phone: str | None, spent: tuple[Channel, ...], channel: Channel | None
) -> None:
    assert next_channel(email, phone, spent) == channel


def test_pauses_grow_up_to_four_hours_and_end() -> None:
    pauses = [delay(setback, 5.0, 12) for setback in range(1, 13)]
    assert pauses[:4] == [5.0, 15.0, 45.0, 135.0]
    assert pauses[-2] == LONGEST_SECONDS
    assert pauses[-1] is None
