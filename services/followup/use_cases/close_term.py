"""Bringing a term to its one end: renewed, or over."""

from typing import Any
from uuid import UUID

from services.followup.domain import calendar
from services.followup.domain.engagement import Engagement
from services.followup.domain.renewal import Reason, Renewed, decide
from services.followup.store import CheckIns, Engagements
from services.followup.use_cases.raise_alert import raise_pair_alert
from shared.contracts.events import EngagementEnded, EngagementRenewed
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer


async def close_term(timer: Timer, tx: Transaction) -> None:
    """The answers of month 3 are no longer waited for."""
    engagement = await Engagements(tx.connection).get_for_update(UUID(timer.key))
    if not engagement.in_term(timer.payload["term"]):
        return
    if engagement.paused:
        await postpone_close(timer, tx)
        return
    await conclude(engagement, tx, deadline_passed=True)


async def postpone_close(timer: Timer, tx: Transaction) -> None:
    """A paused pair is asked nothing and judged by no silence: the same again later."""
    due = tx.now + calendar.PUT_OFF
    await tx.schedule(timer.kind, timer.key, due, **timer.payload)


async def conclude(engagement: Engagement, tx: Transaction, *, deadline_passed: bool) -> None:
    """Renew or end the current term of a held engagement, if its answers tell which by now.

    Whoever stayed silent at the end leaves the other without an answer: a human calls them.
    """
    checkins = CheckIns(tx.connection)
    term = (engagement.engagement_id, engagement.term)
    replies = await checkins.replies(*term, "month_3")
    any_reply = await checkins.any_reply(*term)
    decision = decide(*replies, deadline_passed=deadline_passed, any_reply=any_reply)
    if isinstance(decision, Renewed):
        await _renew(engagement, tx)
    elif decision:
        await end(engagement, decision.reason, tx)
        if deadline_passed and None in replies:
            await raise_pair_alert(engagement, "silent", tx)


async def end(engagement: Engagement, reason: Reason, tx: Transaction) -> None:
    """The engagement is over: both are informed and the mentor's place is free."""
    await Engagements(tx.connection).end(engagement, reason, tx.now)
    tx.publish(EngagementEnded(**_ids(engagement), reason=reason))


async def _renew(engagement: Engagement, tx: Transaction) -> None:
    start = calendar.term_end(engagement.term_started_at)
    await Engagements(tx.connection).renew(engagement, start, tx.now)
    term = engagement.term + 1
    due = calendar.question_due(start, 1)
    await tx.schedule("ask_month", engagement.engagement_id, due, term=term, month=1)
    tx.publish(EngagementRenewed(**_ids(engagement), term=term))


def _ids(engagement: Engagement) -> dict[str, Any]:
    names = ("engagement_id", "pair_id", "request_id", "mentee_id", "mentor_id")
    return {name: getattr(engagement, name) for name in names}
