"""Two people are asked not to be in touch for now, and told when they may be again."""

from uuid import UUID

from services.notification.domain.intent import MessageIntent
from services.notification.store import Introductions
from services.notification.store.pauses import Pauses
from services.notification.use_cases.enqueue_message import enqueue_message
from shared.contracts.events import PairPaused, PairResumed
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction


async def pause(event: PairPaused, tx: Transaction) -> None:
    """Whoever has been introduced is asked, in neutral words, not to be in touch for now."""
    if await Pauses(tx.connection).begin(event.pair_id, event.paused_at or tx.now):
        await _tell_introduced(event, "paused", tx)


async def resume(event: PairResumed, tx: Transaction) -> None:
    """They may be in touch again; whoever had no message of the pause has none of its end."""
    if await Pauses(tx.connection).end(event.pair_id, event.paused_at or tx.now, tx.now):
        await _tell_introduced(event, "resumed", tx)


async def _tell_introduced(event: PairPaused | PairResumed, what: str, tx: Transaction) -> None:
    introductions = Introductions(tx.connection)
    facts = {"request_id": str(event.request_id), "reason": what}
    once_per = f"{event.pair_id}:{what}:{tx.now.date().isoformat()}"
    people: dict[Side, UUID] = {"mentee": event.mentee_id, "mentor": event.mentor_id}
    for side, person in people.items():
        if await introductions.has_left(event.pair_id, side):
            intent = MessageIntent(
                "pair_paused", side, str(person), event.pair_id, facts=facts, once_per=once_per
            )
            await enqueue_message(tx, intent)
