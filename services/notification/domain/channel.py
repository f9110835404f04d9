"""By which way to reach somebody: mail first, else SMS, then the one that is left."""

from collections.abc import Collection

from shared.contracts.addresses import gets_sms
from shared.contracts.types import Channel


def next_channel(
    email: str | None, phone: str | None, spent: Collection[Channel]
) -> Channel | None:
    """The channel to try, or None when nothing is known or everything was refused."""
    known: list[Channel] = []
    if email:
        known.append("mail")
    if phone and gets_sms(phone):
        known.append("sms")
    return next((channel for channel in known if channel not in spent), None)
