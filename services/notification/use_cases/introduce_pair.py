"""Bringing the two of a pair together, message after message, or saying that it cannot be."""

from typing import Literal, cast
from uuid import UUID

from services.notification.domain.intent import MessageIntent
from services.notification.domain.introduction import DEADLINE, TEMPLATE_OF, unreachable_side
from services.notification.domain.message import Message
from services.notification.store import Introduction, Introductions, Stops
from services.notification.use_cases.enqueue_message import enqueue_message
from shared.contracts.events import IntroductionFailed, PairConfirmed, PairIntroduced
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

CLOSE_INTRODUCTION = "close_introduction"
"""Timer, by pair: an introduction that is neither done nor failed by then has failed."""


async def begin_introduction(event: PairConfirmed, tx: Transaction) -> None:
    """Write to the mentor; the young person is written to once that message has left."""
    pair = Introduction.of(event)
    if await Introductions(tx.connection).expect(pair):
        await tx.schedule(CLOSE_INTRODUCTION, pair.pair_id, tx.now + DEADLINE)
        await _write_to("mentor", pair, tx)


async def go_on(message: Message, tx: Transaction) -> None:
    """A message of an introduction has left: the next one, or the two are introduced."""
    introductions = Introductions(tx.connection)
    pair = await introductions.get_open_for_update(message.concerns)
    if pair is None:
        return
    if message.recipient == "mentor":
        await _write_to("mentee", pair, tx)
    elif await introductions.complete(pair.pair_id, tx.now):
        tx.publish(PairIntroduced(**pair.ids()))


async def fail_introduction(message: Message, reason: str, tx: Transaction) -> None:
    """A message of an introduction will not leave: the pair cannot be brought together."""
    side = unreachable_side(cast("Side", message.recipient), reason)
    await _close(message.concerns, "unreachable", side, tx)


async def miss_introduction(pair_id: UUID, tx: Transaction) -> None:
    """The deadline has passed; one that is done or failed by now is left alone."""
    await _close(pair_id, "deadline", None, tx)


async def _close(
    pair_id: UUID, reason: Literal["unreachable", "deadline"], side: Side | None, tx: Transaction
) -> None:
    introductions = Introductions(tx.connection)
    pair = await introductions.get_open_for_update(pair_id)
    if pair is not None:
        await introductions.close(pair.pair_id, tx.now)
        await Stops(tx.connection).stop_pair(pair.pair_id, tx.now)
        tx.publish(IntroductionFailed(**pair.ids(), reason=reason, side=side))


async def _write_to(side: Side, pair: Introduction, tx: Transaction) -> None:
    person = str(pair.mentor_id if side == "mentor" else pair.mentee_id)
    intent = MessageIntent(
        TEMPLATE_OF[side], side, person, pair.pair_id, facts=pair.facts(),
        request_id=pair.request_id, pair_id=pair.pair_id,
    )  # fmt: skip
    await enqueue_message(tx, intent)
