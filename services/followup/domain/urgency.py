"""Which alert a coordinator sees first: the oldest and riskiest, and none waits for ever."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

HEAD_START: Mapping[str, timedelta] = {
    "clearance_ended": timedelta(days=30),
    "guardian_first": timedelta(days=30),
    "same_contact": timedelta(days=30),
    "not_going_well": timedelta(days=30),
    "not_met": timedelta(days=7),
    "silent": timedelta(days=4),
    "introduction_failed": timedelta(days=2),
    "message_failed": timedelta(0),
}
"""By how much a reason goes before an equally old one: a risk is worth days of waiting.

So somebody who said that it does not go well is called first for a month, and yet an old alert of
any kind reaches the top in the end.
"""


class Waiting(Protocol):
    """Something that waits for a human, since when and why."""

    @property
    def reason(self) -> str:
        """Why the alert was raised, as a code."""

    @property
    def raised_at(self) -> datetime:
        """When it was raised."""


W = TypeVar("W", bound=Waiting)


def by_urgency(alerts: Iterable[W]) -> list[W]:
    """The alerts in the order in which to work them off."""
    return sorted(alerts, key=lambda alert: alert.raised_at - HEAD_START[alert.reason])
