"""A request leaves the hands of an association: of one that left the file, or may not have it."""

from services.registration.store import GuardianChecks, Pairs, Request, Requests
from services.registration.use_cases.route_request import reroute
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.persistence.transaction import Transaction

GONE = "gone"
"""How the turn of an association that left the file ended."""


async def hand_on_some(most: int, tx: Transaction) -> int:
    """Hand on up to `most` requests of associations that are gone; returns how many."""
    await GuardianChecks(tx.connection).hand_to(NETWORK_HEAD, list(ASSOCIATIONS))
    requests = await Requests(tx.connection).with_gone_association(list(ASSOCIATIONS), most)
    for request in requests:
        await hand_on(request, GONE, tx)
    return len(requests)


async def hand_on(request: Request, outcome: str, tx: Transaction) -> None:
    """Route a request anew, as if it had not been; one whose pair stands stays with its pair, and
    the network's head takes it in charge. `outcome`: how the association's turn ended."""
    if await Pairs(tx.connection).has_standing(request.id):
        await Requests(tx.connection).move(request.id, NETWORK_HEAD)
    else:
        await reroute(request, outcome, tx)
