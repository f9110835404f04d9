"""A request was closed by the end of a pair that matching had undone before: it goes on."""

from uuid import UUID

from services.registration.store import Requests
from services.registration.use_cases.withdraw_request import withdraw_request
from shared.persistence.transaction import Transaction


async def reopen_request(request_id: UUID, mentee_id: UUID, tx: Transaction) -> None:
    """Open it again, as it waits in matching; where the young person has asked anew meanwhile, one
    of the two is enough, and matching is told so."""
    requests = Requests(tx.connection)
    asked_anew = await requests.open_of(mentee_id)
    if not await requests.reopen(request_id) or asked_anew is None:
        return
    request = await requests.get_for_update(request_id)
    if request is not None:
        await withdraw_request(request, "duplicate", tx)
