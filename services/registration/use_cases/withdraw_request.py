"""A request is over before its time: everything about it stops, here and everywhere."""

from typing import Literal

from services.registration.domain.request_states import OPEN
from services.registration.domain.timers import ASSOCIATION_SILENT, ROUTE_AGAIN
from services.registration.store import Request, Requests
from services.registration.use_cases.check_guardian import drop_check
from shared.contracts.events import RequestWithdrawn
from shared.persistence.transaction import Transaction

Reason = Literal["consent_withdrawn", "withdrawn", "erased", "duplicate"]


async def withdraw_request(request: Request, reason: Reason, tx: Transaction) -> bool:
    """Close a request that is held (`Requests.in_hand`) and tell everybody; false when it is over.

    Matching undoes its pair, follow-up ends what runs, notification drops what has not left.
    """
    if request.state not in OPEN:
        return False
    await Requests(tx.connection).close(request.id, reason, tx.now)
    for deadline in (ASSOCIATION_SILENT, ROUTE_AGAIN):
        await tx.cancel(deadline, request.id)
    await drop_check(request.id, tx)
    tx.publish(
        RequestWithdrawn(
            request_id=request.id,
            mentee_id=request.mentee_id,
            association=request.association,
            reason=reason,
        )
    )
    return True
