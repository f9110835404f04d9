"""Under 15 a parent consents before anything else happens."""

from datetime import timedelta
from uuid import UUID

from services.registration.casework.erasing import erase_person
from services.registration.casework.keyring import vault
from services.registration.casework.placing import place
from services.registration.casework.proving import prove_contact
from services.registration.store import Ledger, Links, People, Request, Requests
from shared.contracts.events import ConsentAsked
from shared.runtime.transaction import Transaction

CONSENT_DAYS = 90
"""A registration that no parent confirms is forgotten after three months."""
EXPIRY = "consent_expiry"


async def ask_guardian(request: Request, tx: Transaction) -> None:
    """Let the parent's link open, state the question, and set the day when it is too late."""
    until = tx.now + timedelta(days=CONSENT_DAYS)
    mark = tx.fingerprint("consent", request.id)
    await Links(tx.connection).keep("consent", request.id, mark, until)
    await tx.schedule(EXPIRY, request.id, until)
    tx.emit(ConsentAsked(request_id=request.id, mentee_id=request.mentee_id, lang=request.lang))


async def child_of(link: bytes, tx: Transaction) -> tuple[Request, str] | None:
    """The request that waits behind a parent's link, and the child's first name, noted as seen."""
    found = await Links(tx.connection).subject("consent", link, tx.now)
    request = await Requests(tx.connection).with_id(UUID(found)) if found else None
    if request is None or request.state != "awaiting_consent":
        return None
    opened = await People(tx.connection, vault()).open(request.mentee_id)
    if opened is None:
        return None
    await Ledger(tx.connection).write(
        tx.now, "guardian", request.mentee_id, "first_name", "consent_asked"
    )
    return request, opened[0].first_name


async def give_consent(link: bytes, tx: Transaction) -> bool:
    """A parent says yes by their link; false for a link that is unknown, used or expired."""
    request = await _answered(link, tx)
    if request is None:
        return False
    await Requests(tx.connection).consent(request.id, tx.now)
    await prove_contact(request.mentee_id, "guardian", tx)
    await place(request.id, tx)
    return True


async def refuse_consent(link: bytes, tx: Transaction) -> bool:
    """A parent says no: the request is over and the child's data are erased at once."""
    request = await _answered(link, tx)
    if request is None:
        return False
    await _forget(request, "consent_refused", tx)
    return True


async def forget_unconfirmed(request_id: UUID, tx: Transaction) -> None:
    """No parent answered in time: the request is over and the child's data are erased."""
    request = await Requests(tx.connection).in_hand(request_id)
    if request and request.state == "awaiting_consent":
        await _forget(request, "consent_expired", tx)


async def _answered(link: bytes, tx: Transaction) -> Request | None:
    """Use the link up; the request that it was about, if it still waits."""
    found = await Links(tx.connection).use("consent", link, tx.now)
    request = await Requests(tx.connection).in_hand(UUID(found)) if found else None
    if request is None or request.state != "awaiting_consent":
        return None
    await tx.cancel(EXPIRY, request.id)
    return request


async def _forget(request: Request, state: str, tx: Transaction) -> None:
    await Requests(tx.connection).close(request.id, state, tx.now)
    await erase_person(request.mentee_id, "mentee", "consent", tx)
