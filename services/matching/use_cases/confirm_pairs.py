"""A pair stands: everybody may know, and it has until a deadline to be introduced."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.matching.domain.proposition import SIDES
from services.matching.store import MadePair, Pairs
from services.matching.use_cases.undo_pair import Undoing, undo_pair
from shared.contracts.deadlines import INTRODUCTION_TIME
from shared.contracts.events import PairConfirmed
from shared.persistence.transaction import Transaction

INTRODUCTION_OVERDUE = "introduction_overdue"
"""Timer, by pair: no event came of its introduction, neither done nor failed."""
OVERDUE_AFTER = 2 * INTRODUCTION_TIME
"""Longer than notification takes to give an introduction up by itself."""
YIELD_EVERY = 100
"""Events published between two yields to the event loop."""


async def confirm_pairs(pairs: Sequence[MadePair], tx: Transaction) -> None:
    """State `pair.confirmed` of each, with the deadline by which it is introduced or undone."""
    pair_ids = [pair.pair_id for pair in pairs]
    await tx.schedule_all(INTRODUCTION_OVERDUE, pair_ids, tx.now + OVERDUE_AFTER)
    for number, pair in enumerate(pairs, start=1):
        tx.publish(PairConfirmed(**pair.ids()))
        if number % YIELD_EVERY == 0:
            await asyncio.sleep(0)


async def miss_introduction(pair_id: UUID, tx: Transaction) -> None:
    """The deadline has passed: a pair that was not introduced is undone, and both are told."""
    if not await Pairs(tx.connection).was_introduced(pair_id):
        await undo_pair(pair_id, Undoing("not_introduced", tell=SIDES), tx)
