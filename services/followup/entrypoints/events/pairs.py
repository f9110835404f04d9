"""A pair begins, pauses, goes on or is undone."""

from services.followup.domain import calendar
from services.followup.domain.engagement import Engagement
from services.followup.store import Engagements, KeptApart, Pauses
from services.followup.use_cases.raise_alert import (
    AlertCause,
    call_about_contact,
    raise_alert,
    tell_of_departure,
)
from shared.contracts.events import PairIntroduced, PairPaused, PairResumed, PairUndone
from shared.persistence.transaction import Transaction

PAUSE_REMINDER = "remind_of_pause"
"""Timer, by pair: half of the time that a pause may last is over."""
ALERTED_OTHERWISE = ("mentor_left", "withdrawn")


async def start_engagement(event: PairIntroduced, tx: Transaction) -> None:
    """The first term begins, once per pair, unless the pair was over before it came."""
    ids = event.model_dump(include={"pair_id", "request_id", "mentee_id", "mentor_id"})
    engagement = Engagement(
        tx.new_id(), **ids, association=event.association, term=1, term_started_at=tx.now
    )
    engagements = Engagements(tx.connection)
    if await engagements.is_left(engagement):
        await tell_of_departure(engagement, tx)
    elif await engagements.begin(engagement):
        key, month_1 = engagement.engagement_id, calendar.question_due(tx.now, 1)
        await tx.schedule("ask_first_meeting", key, tx.now + calendar.MEETING_PAUSE, attempt=1)
        await tx.schedule("ask_month", key, month_1, term=1, month=1)
        if await KeptApart(tx.connection).are_apart(event.mentee_id, event.mentor_id):
            await call_about_contact(engagement, event.association, tx)


async def end_undone(event: PairUndone, tx: Transaction) -> None:
    """The engagement of a pair that was undone is over; notification acts on `pair.undone`.

    Where a person or a request left, that event ends it here, and `engagement.ended` tells.
    """
    engagements = Engagements(tx.connection)
    engagement_id = await engagements.undo_pair(
        event.pair_id, event.request_id, event.reason, tx.now
    )
    if event.reason == "not_introduced":
        cause = AlertCause("introduction_failed", event.association, message_id=event.pair_id)
        await raise_alert(cause, tx)
    if event.reason in ALERTED_OTHERWISE:
        return
    if engagement_id is None:
        return
    engagement = await engagements.get_for_update(engagement_id)
    if not engagement.over:
        await engagements.end(engagement, "undone", tx.now)


async def pause_contact(event: PairPaused, tx: Transaction) -> None:
    """Nobody is asked anything until the pair is resumed, and a human is called now."""
    paused_at = event.paused_at or tx.now
    await Pauses(tx.connection).begin(event.pair_id, paused_at, event.ends_at)
    if event.ends_at:
        half_way = paused_at + (event.ends_at - paused_at) / 2
        known = {"paused_at": paused_at.isoformat(), "association": event.association}
        known["reason"] = event.reason
        await tx.schedule(PAUSE_REMINDER, event.pair_id, half_way, **known)
    engagement = await Engagements(tx.connection).find_concerned(event.pair_id)
    await raise_alert(AlertCause(event.reason, event.association, engagement), tx)


async def resume_contact(event: PairResumed, tx: Transaction) -> None:
    """The pair goes on; what was put off is asked within a week."""
    await Pauses(tx.connection).end(event.pair_id, event.paused_at or tx.now, tx.now)
