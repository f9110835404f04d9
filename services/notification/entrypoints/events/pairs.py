"""About pairs: asked for, introduced, over."""

from services.notification.domain.intent import MessageIntent
from services.notification.store import Introductions, Stops
from services.notification.use_cases.enqueue_message import enqueue_message
from services.notification.use_cases.introduce_pair import begin_introduction
from shared.contracts.events import (
    AnswerAsked,
    PairConfirmed,
    PairReleased,
    PairUndone,
)
from shared.persistence.transaction import Transaction


async def ask_for_yes(event: AnswerAsked, tx: Transaction) -> None:
    """Would you make a pair? Answered by a link; asked again once, who stays silent."""
    facts = {"association": event.association, "last_day": event.last_day.isoformat()}
    template = "proposition_reminder" if event.reminder else "proposition_asked"
    intent = MessageIntent(
        template, event.side, str(event.person_id), event.answer_id,
        facts=facts, pair_id=event.pair_id,
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def thank_for_yes(event: PairReleased | PairUndone, tx: Transaction) -> None:
    """Who had said yes to a pair that will not be is told so; nobody else is owed a word, and
    what had not left about it does not leave."""
    await Stops(tx.connection).stop_pair(event.pair_id, tx.now)
    if side := event.accepted_by:
        facts = {"request_id": str(event.request_id), "association": event.association}
        person = str(event.mentee_id if side == "mentee" else event.mentor_id)
        await enqueue_message(
            tx, MessageIntent("proposition_over", side, person, event.pair_id, facts=facts)
        )


async def introduce(event: PairConfirmed, tx: Transaction) -> None:
    """The mentor learns whom to write to; then the young person, who will write."""
    await begin_introduction(event, tx)


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
        await enqueue_message(
            tx, MessageIntent("pair_undone", side, person, event.pair_id, facts=facts)
        )


async def _stop_unsent(event: PairUndone, tx: Transaction) -> None:
    """A mentor who was introduced already is asked to stop; else as for a pair that never was.
    One who left knows it, and the end of an engagement is told by `engagement.ended`."""
    introduced = await Introductions(tx.connection).has_left(event.pair_id, "mentor")
    if introduced and event.reason != "mentor_left":
        await Stops(tx.connection).stop_pair(event.pair_id, tx.now)
        mentor = str(event.mentor_id)
        await enqueue_message(tx, MessageIntent("contact_ended", "mentor", mentor, event.pair_id))
    else:
        await thank_for_yes(event, tx)
