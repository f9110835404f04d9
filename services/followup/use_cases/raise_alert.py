"""Calling a human of the association: what events, answers and silences may all lead to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from services.followup.domain.engagement import Engagement
from services.followup.store import Alerts, Engagements, NewAlert
from shared.contracts.events import AlertRaised, EngagementEnded
from shared.contracts.types import Side
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.persistence.transaction import Transaction

Reason = Literal[
    "not_going_well",
    "silent",
    "not_met",
    "message_failed",
    "introduction_failed",
    "clearance_ended",
    "guardian_first",
    "same_contact",
]
SAME_CONTACT_OVERDUE = "same_contact_overdue"
"""Timer, by engagement: nobody has looked into it in time."""
LOOKED_INTO_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class AlertCause:
    """Why a human is called: by which association, about which engagement, failed message, or what
    a side said."""

    reason: Reason
    association: str | None
    about: Engagement | None = None
    message_id: UUID | None = None
    side: Side | None = None


async def raise_pair_alert(
    engagement: Engagement, reason: Reason, tx: Transaction, side: Side | None = None
) -> None:
    """Raise an alert about a pair; while the same is open, count it, and tell what a side says."""
    cause = AlertCause(reason, engagement.association, engagement, side=side)
    await raise_alert(cause, tx)


async def call_about_contact(
    engagement: Engagement, association: str, tx: Transaction, *, again: bool = False
) -> None:
    """These two may be one person, or one guards or coordinates the other: a human finds out, by a
    day."""
    await raise_alert(AlertCause("same_contact", association, engagement), tx, again=again)
    due = tx.now + LOOKED_INTO_WITHIN
    await tx.schedule(SAME_CONTACT_OVERDUE, engagement.engagement_id, due)


async def raise_alert(
    cause: AlertCause, tx: Transaction, *, notify: bool = True, again: bool = False
) -> None:
    """Keep and count a signal, and tell the association that owns it: where there is none, or it
    has left the file, the network's head. While an alert is open, what nobody said (a silence, a
    message that failed) is counted and shown, and not told again, but for a reminder (`again`)."""
    about, side = cause.about, cause.side
    owner = cause.association if cause.association in ASSOCIATIONS else NETWORK_HEAD
    alert = NewAlert(
        cause.reason, about.engagement_id if about else None, owner, cause.message_id, side
    )
    signal = await Alerts(tx.connection).open(tx.new_id(), alert, tx.now)
    if signal is None or not notify or (signal.number > 1 and side is None and not again):
        return
    tx.publish(
        AlertRaised(
            alert_id=signal.alert_id,
            association=owner,
            pair_id=about.pair_id if about else None,
            reason=cause.reason,
            signal=signal.number,
            side=side,
        )
    )


async def end_engagements_of(person_id: UUID, side: Side, tx: Transaction) -> None:
    """Somebody leaves: what they are engaged in is over at once.

    A mentor's leaving is told by `engagement.ended`; a young person's by matching (`pair.undone`).
    """
    engagements = Engagements(tx.connection)
    for engagement_id in await engagements.running_of(person_id):
        engagement = await engagements.get_for_update(engagement_id)
        if engagement.over:
            continue
        await engagements.end(engagement, "left" if side == "mentor" else "withdrawn", tx.now)
        if side == "mentor":
            _state_departure(engagement, tx)


async def tell_of_departure(engagement: Engagement, tx: Transaction) -> None:
    """The mentor had left before the introduction came: nothing begins, and the
    young person, who has the introduction, is told once."""
    if await Engagements(tx.connection).mark_informed(engagement, tx.now):
        _state_departure(engagement, tx)


def _state_departure(engagement: Engagement, tx: Transaction) -> None:
    tx.publish(
        EngagementEnded(
            engagement_id=engagement.engagement_id,
            pair_id=engagement.pair_id,
            request_id=engagement.request_id,
            mentee_id=engagement.mentee_id,
            mentor_id=engagement.mentor_id,
            reason="not_going_well",
            left="mentor",
        )
    )
