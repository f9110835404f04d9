"""Undoing a pair: what was taken for it is given back, and everybody concerned is told."""

from typing import Literal
from uuid import UUID

from services.matching.domain.proposition import State
from services.matching.store import Explanations, MadePair, Mentors, Pairs, Requests
from services.matching.store.propositions import Propositions
from shared.contracts.events import PairReleased, PairUndone, Side
from shared.runtime.transaction import Transaction

Unmade = Literal["declined", "unanswered"]
"""Why a proposition came to nothing: `pair.released`."""
Undone = Literal["withdrawn", "not_introduced", "mentor_left"]
"""Why a pair that stood does not any more: `pair.undone`."""


async def undo_pair(
    pair_id: UUID,
    reason: Undone,
    tx: Transaction,
    *,
    waits_again: bool = True,
    accepted_by: Side | None = None,
) -> bool:
    """End a pair that stands, whatever stage it has reached; false when it stands no more.

    The mentor's place is free again and the two are never put together again. `waits_again`: the
    request waits where it stood, with its old date; else whoever calls has closed it.
    """
    pair = await _end(pair_id, reason, "withdrawn", waits_again, tx)
    if pair is not None:
        tx.emit(PairUndone(**pair.ids(), reason=reason, accepted_by=accepted_by))
    return pair is not None


async def release_pair(
    pair_id: UUID, reason: Unmade, accepted_by: Side | None, tx: Transaction
) -> None:
    """A proposed pair will not be, and never comes back; both wait again where they stood."""
    pair = await _end(pair_id, reason, reason, True, tx)
    if pair is not None:
        tx.emit(PairReleased(**pair.ids(), reason=reason, accepted_by=accepted_by))


async def _end(
    pair_id: UUID, reason: Unmade | Undone, state: State, waits_again: bool, tx: Transaction
) -> MadePair | None:
    """The pair that ended now; None when it had ended before. `state`: of its proposition."""
    propositions = Propositions(tx.connection)
    await propositions.settle(pair_id, state, tx.now)
    pair = await propositions.pair(pair_id)
    if waits_again:
        await Requests(tx.connection).wait_again(pair.request_id)
    await Explanations(tx.connection).forget(pair.request_id)
    if not await Pairs(tx.connection).end(pair_id, reason, tx.now):
        return None
    await Mentors(tx.connection).give_place_back(pair.mentor_id)
    return pair
