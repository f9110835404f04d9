"""What the association in charge of a mentor does about a clearance, on its page.

`actor` is who acts for it, as the ledger names them: `name@association`.
"""

from datetime import date
from uuid import UUID

from services.registration.domain.identity import Identity
from services.registration.store import AccessLog, Clearances, ClearedMentor, GuardianChecks, People
from services.registration.use_cases.record_clearance import (
    apply_clearance,
    apply_withdrawal,
    in_charge_of,
)
from services.registration.use_cases.refuse_own_affair import refuse_own
from services.registration.use_cases.vault_provider import vault
from shared.persistence.transaction import Transaction


async def look_at_mentor(
    mentor_id: UUID, association: str, tx: Transaction
) -> ClearedMentor | None:
    """A mentor in this association's charge, or whose guardian it sees to, kept from others until
    the transaction ends."""
    mentor = await Clearances(tx.connection).get_for_update(mentor_id)
    if mentor is None or in_charge_of(mentor.association) == association:
        return mentor
    check = await GuardianChecks(tx.connection).get_for_update(mentor.id)
    owed = check is not None and check.settled_at is None and check.association == association
    return mentor if owed else None


async def open_mentor(
    mentor_id: UUID, association: str, actor: str, tx: Transaction
) -> Identity | None:
    """Who a mentor is, for the association in charge only; each look is in the ledger."""
    mentor = await look_at_mentor(mentor_id, association, tx)
    opened = await People(tx.connection, vault()).open(mentor.id) if mentor else None
    if mentor is None or opened is None:
        return None
    await AccessLog(tx.connection).write(tx.now, actor, mentor.id, "identity", "clearance")
    return opened[0]


async def record_clearance(
    mentor_id: UUID, until: date, association: str, actor: str, tx: Transaction
) -> bool:
    """The association in charge has checked a mentor; false when it is not in charge. Raises
    OwnAffair: nobody clears themselves."""
    await refuse_own(actor, [mentor_id], tx)
    return await _decide(mentor_id, until, association, actor, tx)


async def withdraw_clearance(
    mentor_id: UUID, association: str, actor: str, tx: Transaction
) -> bool:
    """The association in charge takes a clearance back; false when it is not in charge. A no may be
    said of oneself."""
    return await _decide(mentor_id, None, association, actor, tx)


async def set_claims_aside(mentor_id: UUID, association: str, actor: str, tx: Transaction) -> bool:
    """The association in charge leaves everything as it is; false when it is not in charge. Raises
    OwnAffair."""
    await refuse_own(actor, [mentor_id], tx)
    mentor = await look_at_mentor(mentor_id, association, tx)
    if mentor is None:
        return False
    await Clearances(tx.connection).settle_claims(mentor.id, actor, tx.now)
    return True


async def _decide(
    mentor_id: UUID, until: date | None, association: str, actor: str, tx: Transaction
) -> bool:
    mentor = await look_at_mentor(mentor_id, association, tx)
    if mentor is None:
        return False
    if until is None:
        await apply_withdrawal(mentor, actor, tx)
    else:
        await apply_clearance(mentor, until, actor, tx)
    await Clearances(tx.connection).settle_claims(mentor.id, actor, tx.now)
    return True
