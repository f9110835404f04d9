"""An association leaves the file: nothing stays in its hands."""

from services.registration.casework.placing import give_back
from services.registration.store import Pairs, Request, Requests
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.runtime.transaction import Transaction

GONE = "gone"
"""How the turn of an association that left the file ended."""


async def hand_on_some(most: int, tx: Transaction) -> int:
    """Hand on up to `most` requests of associations that are gone; returns how many.

    A request is routed anew, as if it had not been; one whose pair stands stays with its pair, and
    the network's head takes it in charge.
    """
    requests = await Requests(tx.connection).with_gone_association(list(ASSOCIATIONS), most)
    for request in requests:
        await _hand_on(request, tx)
    return len(requests)


async def _hand_on(request: Request, tx: Transaction) -> None:
    if await Pairs(tx.connection).has_standing(request.id):
        await Requests(tx.connection).move(request.id, NETWORK_HEAD)
    else:
        await give_back(request, GONE, tx)
