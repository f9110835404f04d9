"""What a guardian's decision means for a request: it goes on, or it stops."""

from uuid import UUID

from services.registration.store import Request, Requests
from services.registration.use_cases.check_guardian import drop_check
from services.registration.use_cases.route_request import open_to_matching
from services.registration.use_cases.withdraw_request import withdraw_request
from shared.persistence.transaction import Transaction


async def note_guardians_refusal(request_id: UUID, association: str, tx: Transaction) -> bool:
    """The guardian told the association no: everything about the request stops."""
    request = await Requests(tx.connection).for_association(request_id, association)
    waits = ("awaiting_consent", "guardian_check", "confirmed")
    if request is None or request.minority is None or request.state not in waits:
        return False
    return await stop_for_guardian(request, tx)


async def stop_for_guardian(request: Request, tx: Transaction) -> bool:
    """A guardian withdrew their consent, or objects; false when the request is over already."""
    await drop_check(request.id, tx)
    return await withdraw_request(request, "consent_withdrawn", tx)


async def resume_request(request: Request, tx: Transaction) -> None:
    """Nothing about the guardian stands in the way any more."""
    if request.state == "guardian_check" and request.association:
        await open_to_matching(request, request.association, tx)
