"""Each fact becomes the intent to tell somebody. Told twice, it is still the same intent."""

from collections.abc import Iterator
from dataclasses import replace

from services.notification.domain.intent import MessageIntent
from services.notification.store import Erasures, HeldMessages, Introductions, Messages, Stops
from services.notification.use_cases.introduce_pair import begin_introduction
from shared.contracts.events import (
    AlertRaised,
    AnswerAsked,
    CheckInAsked,
    ClearanceAsked,
    ClearanceChanged,
    ContactChanged,
    ContactProved,
    DoubtRaised,
    EngagementEnded,
    EngagementRenewed,
    ErasureDone,
    MenteeRegistered,
    MentorRegistered,
    PairConfirmed,
    PairReleased,
    PairUndone,
    PersonErased,
    RegistrationRepeated,
    RequestConfirmed,
    RequestRouted,
    RequestWithdrawn,
    SignInAsked,
)
from shared.contracts.held import HeldAsked, HeldGiven
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.persistence.held_rows import rows_about
from shared.persistence.transaction import Transaction

CHECK_INS = {
    "first_meeting": "checkin_first_meeting",
    "month_1": "checkin_month",
    "month_2": "checkin_month",
    "month_3": "checkin_renewal",
}


async def acknowledge_mentee(event: MenteeRegistered, tx: Transaction) -> None:
    """At once: it arrived, here is where to follow it, and what comes next."""
    intent = MessageIntent(
        "mentee_registered", "mentee", str(event.mentee_id), event.request_id, event.lang,
        {"awaits": "consent"} if event.awaits_consent else {}, request_id=event.request_id,
    )  # fmt: skip
    await _enqueue(tx, intent)


async def thank_mentor(event: MentorRegistered, tx: Transaction) -> None:
    """At once: it arrived, and what comes next."""
    facts = {"association": event.association} if event.association else {}
    if event.awaits_guardian:
        facts["awaits"] = "guardian"
    intent = MessageIntent(
        "mentor_registered", "mentor", str(event.mentor_id), event.mentor_id, event.lang,
        facts=facts,
    )  # fmt: skip
    await _enqueue(tx, intent)


async def send_link_again(event: RegistrationRepeated, tx: Transaction) -> None:
    """At most once a day, however often a form is sent with this person's address."""
    intent = MessageIntent(
        "registration_repeated", event.side, str(event.person_id), event.request_id, event.lang,
        once_per=tx.now.date().isoformat(), request_id=event.request_id,
    )  # fmt: skip
    await _enqueue(tx, intent)


async def tell_association(event: RequestRouted, tx: Transaction) -> None:
    """At most one mail per association and calendar day: the page shows all that waits."""
    if not event.by_hand:
        return
    intent = MessageIntent(
        "request_routed", "coordinator", event.association, event.request_id,
        once_per=event.routed_on.isoformat(),
    )  # fmt: skip
    await _enqueue(tx, intent)


async def tell_of_doubt(event: DoubtRaised, tx: Transaction) -> None:
    """At most one mail per association and day, and one of reminders: the page shows them all."""
    kind = "reminder" if event.reminder else "new"
    intent = MessageIntent(
        "doubt_raised", "coordinator", event.association, event.doubt_id,
        facts={"reason": kind}, once_per=f"{tx.now.date().isoformat()}:{kind}",
    )  # fmt: skip
    await _enqueue(tx, intent)


async def tell_old_address(event: ContactChanged, tx: Transaction) -> None:
    """To the address that is no longer in force, or soon will not be; it may say no."""
    intent = MessageIntent(
        "contact_changed", event.recipient, str(event.change_id), event.change_id,
        facts={"reason": "waits" if event.waits else "done"},
    )  # fmt: skip
    await _enqueue(tx, intent)


async def present_association(event: RequestConfirmed, tx: Transaction) -> None:
    """Who takes charge, in its own words."""
    intent = MessageIntent(
        "request_confirmed", "mentee", str(event.mentee_id), event.request_id, event.lang,
        facts={"association": event.association, "by_hand": "yes" if event.by_hand else "no"},
        once_per=f"{event.request_id}:{event.association}", request_id=event.request_id,
    )  # fmt: skip
    await _enqueue(tx, intent)


async def release_messages(event: ContactProved, tx: Transaction) -> None:
    """What waited because anybody may have typed that address need not wait any longer."""
    await HeldMessages(tx.connection).release(str(event.person_id), event.recipient)


async def send_sign_in(event: SignInAsked, tx: Transaction) -> None:
    """The link that a person of an association asked for, to their own address."""
    if event.user_id is None:
        return
    intent = MessageIntent(
        "signin_link", "coordinator", str(event.user_id), event.signin_id, event.lang,
        facts={"association": event.association},
    )  # fmt: skip
    await _enqueue(tx, intent)


async def ask_for_yes(event: AnswerAsked, tx: Transaction) -> None:
    """Would you make a pair? Answered by a link; asked again once, who stays silent."""
    facts = {"association": event.association, "last_day": event.last_day.isoformat()}
    template = "proposition_reminder" if event.reminder else "proposition_asked"
    intent = MessageIntent(
        template, event.side, str(event.person_id), event.answer_id,
        facts=facts, pair_id=event.pair_id,
    )  # fmt: skip
    await _enqueue(tx, intent)


async def thank_for_yes(event: PairReleased | PairUndone, tx: Transaction) -> None:
    """Who had said yes to a pair that will not be is told so; nobody else is owed a word, and
    what had not left about it does not leave."""
    await Stops(tx.connection).stop_pair(event.pair_id, tx.now)
    if side := event.accepted_by:
        facts = {"request_id": str(event.request_id), "association": event.association}
        person = str(event.mentee_id if side == "mentee" else event.mentor_id)
        await _enqueue(
            tx, MessageIntent("proposition_over", side, person, event.pair_id, facts=facts)
        )


async def stop_pair(event: PairUndone, tx: Transaction) -> None:
    """Nothing more is told about the pair but that it is over, to those who are owed a word."""
    if not event.tell:
        await _stop_unsent(event, tx)
        return
    await Stops(tx.connection).stop_pair(event.pair_id, tx.now)
    facts = {"request_id": str(event.request_id), "reason": event.reason}
    if event.introduced:
        facts["introduced"] = "yes"
    for side in event.tell:
        person = str(event.mentee_id if side == "mentee" else event.mentor_id)
        await _enqueue(tx, MessageIntent("pair_undone", side, person, event.pair_id, facts=facts))


async def _stop_unsent(event: PairUndone, tx: Transaction) -> None:
    """A mentor who was introduced already is asked to stop; else as for a pair that never was.
    One who left knows it, and the end of an engagement is told by `engagement.ended`."""
    introduced = await Introductions(tx.connection).has_left(event.pair_id, "mentor")
    if introduced and event.reason != "mentor_left":
        await Stops(tx.connection).stop_pair(event.pair_id, tx.now)
        mentor = str(event.mentor_id)
        await _enqueue(tx, MessageIntent("contact_ended", "mentor", mentor, event.pair_id))
    else:
        await thank_for_yes(event, tx)


async def ask_for_clearance(event: ClearanceAsked, tx: Transaction) -> None:
    """At most one mail per association, day and reason: the page shows all mentors concerned."""
    facts = {"reason": event.reason, "last_day": event.due.isoformat()}
    intent = MessageIntent(
        "clearance_asked", "coordinator", event.association, event.mentor_id,
        facts=facts, once_per=f"{tx.now.date().isoformat()}:{event.reason}",
    )  # fmt: skip
    await _enqueue(tx, intent)


async def tell_of_clearance(event: ClearanceChanged, tx: Transaction) -> None:
    """A clearance that was withdrawn or is over calls a human, each time."""
    if event.cleared_until is not None:
        return
    intent = MessageIntent(
        "clearance_asked", "coordinator", event.association or NETWORK_HEAD, event.mentor_id,
        facts={"reason": event.reason}, once_per=f"{event.mentor_id}:{tx.now.isoformat()}",
    )  # fmt: skip
    await _enqueue(tx, intent)


async def stop_request(event: RequestWithdrawn, tx: Transaction) -> None:
    """Nothing more is told about it but that it is over: to the association, and to those who
    do not know it by themselves."""
    await Stops(tx.connection).stop_request(event.request_id, tx.now)
    for intent in _withdrawal_template(event):
        await _enqueue(tx, intent)


def _withdrawal_template(event: RequestWithdrawn) -> Iterator[MessageIntent]:
    facts, person = {"reason": event.reason}, str(event.mentee_id)
    request = event.request_id
    if event.association:
        yield MessageIntent(
            "request_withdrawn", "coordinator", event.association, request, facts=facts
        )
    if event.reason == "consent_withdrawn":
        yield MessageIntent("consent_withdrawn", "guardian", person, request)
    if event.reason in ("consent_withdrawn", "withdrawn"):
        yield MessageIntent("request_stopped", "mentee", person, request, facts=facts)


async def introduce(event: PairConfirmed, tx: Transaction) -> None:
    """The mentor learns whom to write to; then the young person, who will write."""
    await begin_introduction(event, tx)


async def ask_how_it_goes(event: CheckInAsked, tx: Transaction) -> None:
    """One question to one side, answered by a link."""
    intent = MessageIntent(
        CHECK_INS[event.kind], event.side, str(event.person_id), event.checkin_id,
        event.lang, facts={"kind": event.kind}, pair_id=event.pair_id,
    )  # fmt: skip
    await _enqueue(tx, intent)


async def alert_coordinator(event: AlertRaised, tx: Transaction) -> None:
    """A human of the association is asked to look, each time that somebody says so."""
    facts = {"reason": event.reason, "signal": str(event.signal)}
    if event.side:
        facts["said_by"] = event.side
    intent = MessageIntent(
        "alert_raised", "coordinator", event.association, event.alert_id, facts=facts,
        once_per=f"{event.alert_id}:{event.signal}" if event.signal > 1 else "",
    )  # fmt: skip
    await _enqueue(tx, intent)


async def celebrate_renewal(event: EngagementRenewed, tx: Transaction) -> None:
    """Both learn that they go on, once per term."""
    for intent in _to_both("engagement_renewed", event, {"term": str(event.term)}):
        await _enqueue(tx, intent)


async def say_goodbye(event: EngagementEnded, tx: Transaction) -> None:
    """Both are thanked, in words that fit the reason."""
    facts: dict[str, str] = {"reason": event.reason}
    if event.left:
        facts["left"] = event.left
    for intent in _to_both("engagement_ended", event, facts):
        if intent.recipient == event.left:
            continue
        # Matching undoes the pair of whoever left: that this is told is no reason to be silent.
        await _enqueue(tx, replace(intent, pair_id=None) if event.left else intent)


async def erase(event: PersonErased, tx: Transaction) -> None:
    """What is not yet sent to this person or about their pairs is not sent; no row names them."""
    await Erasures(tx.connection).erase(event.person_id, tx.now)
    tx.emit(ErasureDone(person_id=event.person_id, service="notification"))


def _to_both(
    template: str, event: EngagementRenewed | EngagementEnded, facts: dict[str, str]
) -> list[MessageIntent]:
    once_per = f"{event.engagement_id}:{facts.get('term', '')}"
    known = {"request_id": str(event.request_id), **facts}
    return [
        MessageIntent(template, "mentee", str(event.mentee_id), event.engagement_id,
               facts=known, once_per=once_per,
               request_id=event.request_id, pair_id=event.pair_id),
        MessageIntent(template, "mentor", str(event.mentor_id), event.engagement_id,
               facts=known, once_per=once_per,
               request_id=event.request_id, pair_id=event.pair_id),
    ]  # fmt: skip


async def _enqueue(tx: Transaction, intent: MessageIntent) -> None:
    await Messages(tx.connection).enqueue(intent, tx.cause, tx.now)


async def give_held(asked: HeldAsked, tx: Transaction) -> HeldGiven:
    """Everything kept here about a person, for their own export."""
    return HeldGiven(tables=await rows_about(tx.connection, asked.ids))
