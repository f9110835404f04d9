"""A request is withdrawn: it leaves its pool for good, and a pair made for it is undone."""

from uuid import UUID

from services.matching.store import Explanations, Pairs, Requests
from services.matching.store.propositions import Propositions
from services.matching.use_cases.undo_pair import Undoing, undo_pair
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction


async def withdraw_request(request_id: UUID, tx: Transaction) -> None:
    """Close a request for ever, known or not, and undo the pair that stands for it.

    Propositions are locked before the request, as everywhere; a round that is being published
    either sees the request closed, or has made its pair when we look again.
    """
    pairs, requests = Pairs(tx.connection), Requests(tx.connection)
    for pair_id in await pairs.standing_of_request(request_id):
        await Propositions(tx.connection).lock(pair_id)
    await requests.withdraw(request_id, tx.now)
    await Explanations(tx.connection).forget(request_id)
    for pair_id in await pairs.standing_of_request(request_id):
        said_yes = await Propositions(tx.connection).accepted_by_mentor(pair_id)
        accepted_by: Side | None = "mentor" if said_yes else None
        undoing = Undoing("withdrawn", waits_again=False, accepted_by=accepted_by)
        await undo_pair(pair_id, undoing, tx)
