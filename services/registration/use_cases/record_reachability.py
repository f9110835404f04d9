"""Who can be reached: what became of messages says it, and a changed contact begins anew."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from services.registration.store import People, Requests, date_change
from services.registration.store.reachability import Reachability
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import MessageFailed, MessageSent, ReachabilityChanged
from shared.contracts.types import Channel, Side
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.persistence.transaction import Transaction

CHANNELS: tuple[Channel, ...] = ("mail", "sms")


async def note_bounces(event: MessageFailed | MessageSent, tx: Transaction) -> None:
    """Remember the ways that are dead; where none is left, the person is matched with nobody."""
    person_id = _person(event)
    if person_id is None:
        return
    ways = Reachability(tx.connection)
    await ways.note_dead(person_id, event.bounced, tx.now)
    if isinstance(event, MessageSent):
        await note_alive(person_id, tx, (event.channel,))
    elif event.bounced and event.state == "permanent-failure":
        side = cast("Side", event.recipient)
        if await ways.lose(person_id, side, tx.now):
            await _tell(person_id, side, False, tx)


async def note_alive(
    person_id: UUID, tx: Transaction, channels: Sequence[Channel] = CHANNELS
) -> None:
    """These ways are open: a message left by them, or the contact was changed."""
    ways = Reachability(tx.connection)
    await ways.note_alive(person_id, channels)
    side = await ways.find_again(person_id)
    if side is not None:
        await _tell(person_id, cast("Side", side), True, tx)


async def _tell(person_id: UUID, side: Side, reachable: bool, tx: Transaction) -> None:
    if side == "mentee":
        association = await Requests(tx.connection).association_in_charge(person_id)
    else:
        association = await People(tx.connection, vault()).association_of_mentor(person_id)
    tx.publish(
        ReachabilityChanged(
            person_id=person_id,
            side=side,
            reachable=reachable,
            association=association if association in ASSOCIATIONS else None,
            changed_at=await date_change(tx.connection, "reach", person_id, tx.now),
        )
    )


def _person(event: MessageFailed | MessageSent) -> UUID | None:
    """Whom the message was for, if it was one of the two sides."""
    return UUID(event.person) if event.recipient in ("mentee", "mentor") else None
