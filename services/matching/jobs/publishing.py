"""Publishing a round: in one transaction, what still can be is made and told."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.matching.store import ClaimedRound, Findings, MadePair, Pairs, Rounds
from shared.contracts.events import PairConfirmed, PairProposed
from shared.runtime.transaction import Transaction

BREATH = 200
"""Pairs told between two looks at what else waits in the event loop."""


async def publish(claimed: ClaimedRound, found: Findings, tx: Transaction) -> int | None:
    """Make the pairs of a checked round; returns how many, None when it is no longer ours.

    A pair whose request no longer waits, or whose mentor's place is gone, is dropped: the request
    waits for the next round.
    """
    rounds = Rounds(tx.connection)
    if not await rounds.lock(claimed):
        return None
    made = await Pairs(tx.connection).make(claimed.round_id, found.proposed, tx.now)
    await rounds.publish(claimed.round_id, found, len(made), found.pairs - len(made))
    await _tell(made, claimed.round_id, tx)
    return len(made)


async def _tell(made: Sequence[MadePair], round_id: UUID, tx: Transaction) -> None:
    for place, pair in enumerate(made, start=1):
        told = pair.ids()
        tx.emit(
            PairProposed(**told, round_id=round_id, score=pair.score, components=pair.components)
        )
        # Automatic programmes introduce at once; asking both sides comes between these two.
        tx.emit(PairConfirmed(**told))
        if place % BREATH == 0:
            await asyncio.sleep(0)
