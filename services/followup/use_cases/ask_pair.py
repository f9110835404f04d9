"""Asking both sides, and what their silence means."""

from datetime import datetime
from uuid import UUID

from services.followup.domain import calendar
from services.followup.domain.engagement import Engagement
from services.followup.domain.questions import SIDES, Kind, question_of
from services.followup.domain.stopping import has_stopped
from services.followup.store import CheckIns, Engagements, NewCheckIn
from services.followup.use_cases.close_term import end, postpone_close
from services.followup.use_cases.raise_alert import raise_pair_alert
from shared.contracts.events import CheckInAsked
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer

MEETING_ATTEMPTS = 2


async def ask_first_meeting(timer: Timer, tx: Transaction) -> None:
    """Ask whether the two have met; ask once more a week later, then call a human."""
    engagement = await Engagements(tx.connection).get_for_update(UUID(timer.key))
    if engagement.met or engagement.over:
        return
    if engagement.paused:
        await postpone_close(timer, tx)
        return
    attempt = timer.payload["attempt"]
    expires_at = calendar.link_expiry(engagement.term_started_at, 0, tx.now)
    await _ask_both(engagement, "first_meeting", expires_at, tx, attempt)
    following = "ask_first_meeting" if attempt < MEETING_ATTEMPTS else "miss_first_meeting"
    due = tx.now + calendar.MEETING_PAUSE
    await tx.schedule(following, engagement.engagement_id, due, attempt=attempt + 1)


async def miss_first_meeting(timer: Timer, tx: Transaction) -> None:
    """Nobody said that they have met: a human must help them to."""
    engagement = await Engagements(tx.connection).get_for_update(UUID(timer.key))
    if engagement.met or engagement.over:
        return
    if engagement.paused:
        await postpone_close(timer, tx)
        return
    await raise_pair_alert(engagement, "not_met", tx)


async def ask_month(timer: Timer, tx: Transaction) -> None:
    """Ask how it goes, and plan the next question and the end of waiting for answers."""
    term, month = timer.payload["term"], timer.payload["month"]
    engagement = await Engagements(tx.connection).get_for_update(UUID(timer.key))
    if not engagement.in_term(term):
        return
    if engagement.paused:
        await postpone_close(timer, tx)
        return
    start = engagement.term_started_at
    expires_at = calendar.link_expiry(start, month, tx.now)
    await _ask_both(engagement, question_of(month), expires_at, tx)
    deadline = tx.now + calendar.ANSWER_TIME
    if month == calendar.TERM_MONTHS:
        await tx.schedule("close_term", timer.key, deadline, term=term)
        return
    await tx.schedule("weigh_silence", timer.key, deadline, term=term, month=month)
    due = calendar.question_due(start, month + 1)
    await tx.schedule("ask_month", timer.key, due, term=term, month=month + 1)


async def check_missing_answers(timer: Timer, tx: Transaction) -> None:
    """Two weeks after a question: both silent calls a human, "stopped" uncontradicted ends."""
    term, month = timer.payload["term"], timer.payload["month"]
    engagement = await Engagements(tx.connection).get_for_update(UUID(timer.key))
    if not engagement.in_term(term):
        return
    if engagement.paused:
        await postpone_close(timer, tx)
        return
    replies = await CheckIns(tx.connection).replies(
        engagement.engagement_id, term, question_of(month)
    )
    if replies == (None, None):
        await raise_pair_alert(engagement, "silent", tx)
    elif has_stopped(*replies, deadline_passed=True):
        await end(engagement, "not_going_well", tx)


async def _ask_both(
    engagement: Engagement, kind: Kind, expires_at: datetime, tx: Transaction, attempt: int = 1
) -> None:
    for side in SIDES:
        checkin_id = tx.new_id()
        question = NewCheckIn(
            checkin_id,
            engagement.engagement_id,
            engagement.term,
            kind,
            side,
            attempt=attempt,
            fingerprint=tx.fingerprint("checkin", checkin_id),
            asked_at=tx.now,
            expires_at=expires_at,
        )
        await CheckIns(tx.connection).ask(question)
        tx.publish(
            CheckInAsked(
                checkin_id=checkin_id,
                engagement_id=engagement.engagement_id,
                pair_id=engagement.pair_id,
                kind=kind,
                side=side,
                person_id=engagement.person(side),
            )
        )
