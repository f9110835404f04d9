"""Event handlers and RPC endpoints of follow-up."""

from services.followup.domain import calendar
from services.followup.domain.engagement import Engagement
from services.followup.store import CheckIns, Engagements, Held, KeptApart, Pauses
from services.followup.use_cases.raise_alert import (
    AlertCause,
    call_about_contact,
    end_engagements_of,
    raise_alert,
    tell_of_departure,
)
from shared.contracts.events import (
    ErasureDone,
    IntroductionFailed,
    MentorLeft,
    MessageFailed,
    PairIntroduced,
    PairPaused,
    PairResumed,
    PairUndone,
    PersonErased,
    PersonKeptApart,
    RequestWithdrawn,
)
from shared.contracts.held import HeldAsked, HeldGiven
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.persistence.transaction import Transaction

PAUSE_REMINDER = "remind_of_pause"
"""Timer, by pair: half of the time that a pause may last is over."""
INTRODUCTIONS = ("pair_introduced_mentee", "pair_introduced_mentor")
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


async def look_into_roles(event: PersonKeptApart, tx: Transaction) -> None:
    """Who is introduced already goes on until a human has found out whether they are two people;
    everybody else is kept apart by matching."""
    kept = KeptApart(tx.connection)
    for engagement_id in await kept.keep(event.person_id, event.side, event.apart_from):
        engagement = await Engagements(tx.connection).get_for_update(engagement_id)
        if not engagement.over:
            await call_about_contact(engagement, engagement.association, tx)


async def stop_withdrawn(event: RequestWithdrawn, tx: Transaction) -> None:
    """The request is over for good: its engagement ends at once, or never begins. The pair is
    undone by matching, which messages everybody."""
    engagements = Engagements(tx.connection)
    await engagements.withdraw(event.request_id, tx.now)
    for engagement_id in await engagements.running_for(event.request_id):
        engagement = await engagements.get_for_update(engagement_id)
        if not engagement.over:
            await engagements.end(engagement, "withdrawn", tx.now)


async def alert_on_failed_introduction(event: IntroductionFailed, tx: Transaction) -> None:
    """Two people could not be brought together: a human finds out why, once per pair."""
    cause = AlertCause("introduction_failed", event.association, message_id=event.pair_id)
    await raise_alert(cause, tx)


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


async def alert_on_failed_message(event: MessageFailed, tx: Transaction) -> None:
    """A human must look, once per message. What fails an introduction is told as such."""
    if event.template in INTRODUCTIONS and event.state != "unknown":
        return
    about = await Engagements(tx.connection).find_concerned(event.concerns)
    association = about.association if about else responsible_for(event)
    cause = AlertCause("message_failed", association, about, event.message_id)
    await raise_alert(cause, tx, notify=event.recipient != "coordinator")


def responsible_for(event: MessageFailed) -> str | None:
    """The association that can look, when no pair of ours tells it.

    A message to a coordinator names it. Its failure is kept for the work queue and not told on:
    telling would be another message to the very same address.
    """
    if event.recipient == "coordinator" and event.person in ASSOCIATIONS:
        return event.person
    return event.association


async def end_engagements_of_mentor(event: MentorLeft, tx: Transaction) -> None:
    """What the mentor was engaged in is over; the other side is told by `engagement.ended`."""
    await Engagements(tx.connection).note_departure(event.mentor_id, tx.now)
    await end_engagements_of(event.mentor_id, "mentor", tx)


async def erase(event: PersonErased, tx: Transaction) -> None:
    """Running engagements end; what the person answered and was asked goes."""
    await Engagements(tx.connection).note_erased(event.person_id, tx.now)
    await end_engagements_of(event.person_id, event.side, tx)
    await CheckIns(tx.connection).erase_of(event.person_id)
    await KeptApart(tx.connection).forget(event.person_id)
    await Engagements(tx.connection).forget_person(event.person_id)
    tx.publish(ErasureDone(person_id=event.person_id, service="followup"))


async def give_held(asked: HeldAsked, tx: Transaction) -> HeldGiven:
    """Everything kept here about a person, for their own export."""
    return HeldGiven(tables=await Held(tx.connection).about(asked.ids))
