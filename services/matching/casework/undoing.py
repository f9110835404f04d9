"""Undoing a pair that stands or is proposed: the place and the turn in the queue are given back."""

from uuid import UUID

from services.matching.store import Explanations, Mentors, Pairs, Requests
from services.matching.store.propositions import Propositions
from shared.contracts.events import PairReleased
from shared.runtime.transaction import Transaction


async def undo_pair(pair_id: UUID, reason: str, tx: Transaction) -> bool:
    """End a pair so that its request waits again with its old date; false when it is over already.

    The two are not put together again. `reason` is kept with the pair.
    """
    propositions = Propositions(tx.connection)
    await propositions.settle(pair_id, "unanswered", tx.now)
    pair = await propositions.pair(pair_id)
    await Requests(tx.connection).wait_again(pair.request_id)
    await Explanations(tx.connection).forget(pair.request_id)
    if not await Pairs(tx.connection).end(pair_id, reason, tx.now):
        return False
    await Mentors(tx.connection).give_place_back(pair.mentor_id)
    tx.emit(PairReleased(**pair.ids(), reason="unanswered"))
    return True
