"""Under 15 a parent consents before anything else happens."""

from datetime import timedelta
from uuid import UUID

from services.registration.casework.keyring import vault
from services.registration.casework.placing import place
from services.registration.store import Links, People, Request, Requests
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


async def give_consent(link: bytes, tx: Transaction) -> bool:
    """A parent says yes by their link; false for a link that is unknown, used or expired."""
    found = await Links(tx.connection).use("consent", link, tx.now)
    request = await Requests(tx.connection).in_hand(UUID(found)) if found else None
    if request is None or request.state != "awaiting_consent":
        return False
    await Requests(tx.connection).consent(request.id, tx.now)
    await tx.cancel(EXPIRY, request.id)
    await place(request.id, tx)
    return True


async def forget_unconfirmed(request_id: UUID, tx: Transaction) -> None:
    """No parent answered in time: the request is over and the child's data are erased."""
    request = await Requests(tx.connection).in_hand(request_id)
    if request and request.state == "awaiting_consent":
        await Requests(tx.connection).close(request.id, "consent_expired", tx.now)
        await People(tx.connection, vault()).erase(request.mentee_id, tx.now)
