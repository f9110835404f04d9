"""A request is over before its time: everything about it stops, here and everywhere."""

from typing import Literal

from services.registration.store import GuardianChecks, Request, Requests
from services.registration.store.requests import OPEN
from services.registration.use_cases.check_guardian import forget_deadlines
from services.registration.use_cases.route_request import RETRY, SILENCE
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
    for deadline in (SILENCE, RETRY):
        await tx.cancel(deadline, request.id)
    await GuardianChecks(tx.connection).drop(request.id)
    await forget_deadlines(request.id, tx)
    tx.emit(
        RequestWithdrawn(
            request_id=request.id,
            mentee_id=request.mentee_id,
            association=request.association,
            reason=reason,
        )
    )
    return True
