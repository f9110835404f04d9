"""What causes a message, hence which limits it counts in; and when capped SMS may leave again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from services.notification.domain.message import Message
from shared.contracts.types import PARIS

Cause = Literal["registration", "reminder", "change", "request"]
"""`registration`: a form was filled in and nobody has acted yet. `request`: somebody acts on it."""

SMS_FROM_HOUR = 9
"""Hour in Paris from which SMS that waited for the next day leave."""
FOR_GUARDIAN_FIRST = timedelta(days=1)
"""How long the acknowledgement to a child's guardian waits for the question that is put to them."""

_REGISTRATIONS = frozenset(
    {
        "mentee_registered",
        "mentor_registered",
        "registration_repeated",
        "consent_asked",
        "guardian_informed",
    }
)
_REMINDERS = frozenset({"consent_reminder"})
_CHANGES = frozenset({"contact_changed"})
"""Told to the old address, which may be one that somebody typed to have it written to."""


def cause_of(template: str, facts: Mapping[str, str]) -> Cause:
    """Why it is sent. That an association takes charge of all that comes is the form's doing."""
    if template in _REGISTRATIONS:
        return "registration"
    if template == "request_confirmed" and facts.get("by_hand") == "no":
        return "registration"
    if template in _CHANGES:
        return "change"
    return "reminder" if template in _REMINDERS else "request"


def next_sms_day(now: datetime) -> datetime:
    """When SMS leave again once the cap of a day is reached: the next morning in Paris."""
    tomorrow = now.astimezone(PARIS).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, SMS_FROM_HOUR, tzinfo=PARIS)


def follows_guardian(message: Message, by_guardian: bool, guarded: bool, now: datetime) -> bool:
    """Whether an acknowledgement has to let the guardian's question go first: both would reach
    the same address on one day."""
    waits = message.template == "mentee_registered" and by_guardian and guarded
    return waits and now < message.intended_at + FOR_GUARDIAN_FIRST
