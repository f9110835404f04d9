"""An association answers: it takes charge, or hands the request on; then it may see who asks."""

from uuid import UUID

from services.registration.domain.disclosure import identity_is_closed
from services.registration.domain.identity import Identity
from services.registration.domain.timers import ASSOCIATION_SILENT
from services.registration.store import AccessLog, GuardianChecks, People, Requests
from services.registration.use_cases.route_request import confirm, reroute
from services.registration.use_cases.vault_provider import vault
from shared.persistence.transaction import Transaction

DECLINED_FOR = ("public", "territory", "needs", "capacity", "other")
"""Why an association may decline: a closed list, so that nothing of a person is written here."""


async def accept_request(request_id: UUID, association: str, tx: Transaction) -> bool:
    """False when the request is not, or no longer, this association's to answer."""
    request = await Requests(tx.connection).for_association(request_id, association)
    if request is None or request.state != "routed" or request.association != association:
        return False
    await confirm(request, association, tx)
    await tx.cancel(ASSOCIATION_SILENT, request.id)
    return True


async def decline(request_id: UUID, association: str, why: str, tx: Transaction) -> bool:
    """Hand the request to the next best association; false when it is not theirs to answer."""
    request = await Requests(tx.connection).for_association(request_id, association)
    if request is None or request.state != "routed" or request.association != association:
        return False
    if why not in DECLINED_FOR:
        return False
    await reroute(request, "declined", tx, declined_for=why)
    return True


async def open_identity(
    request_id: UUID, association: str, actor: str, tx: Transaction
) -> Identity | None:
    """Who asks: for the association in charge, or the one that sees to the guardian, while its
    reason to know lasts.

    Each look is in the ledger, under the name of the person who looked.
    """
    request = await Requests(tx.connection).for_association(request_id, association)
    check = await GuardianChecks(tx.connection).get_for_update(request_id)
    owed = check is not None and check.settled_at is None and check.association == association
    if request is None or not (owed or request.confirmed_at):
        return None
    if identity_is_closed(request.closed_at, tx.now):
        return None
    opened = await People(tx.connection, vault()).open(request.mentee_id)
    if opened is None:
        return None
    await AccessLog(tx.connection).write(
        tx.now, actor, request.mentee_id, "identity", "coordination"
    )
    return opened[0]
