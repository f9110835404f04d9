"""A doubt is settled: proved behind a person's link, or decided by the association that owns it.

Nothing of whoever was known first changes, whatever is decided.
"""

from uuid import UUID

from services.registration.domain.identity import Identity
from services.registration.domain.timers import (
    BIRTHDAY,
    CLEARANCE_ENDED,
    CLEARANCE_ENDS_SOON,
    DOUBT_OVERDUE,
)
from services.registration.store import (
    AccessLog,
    Clearances,
    Doubt,
    Doubts,
    Pairs,
    People,
    Requests,
)
from services.registration.use_cases.forget_guardian import forget_guardian
from services.registration.use_cases.judge_affirmation import is_proof
from services.registration.use_cases.lift_hold import drop_doubts_about, lift_hold
from services.registration.use_cases.refuse_own_affair import refuse_own
from services.registration.use_cases.vault_provider import vault
from services.registration.use_cases.withdraw_request import withdraw_request
from shared.contracts.events import MentorLeft
from shared.persistence.transaction import Transaction


async def own_doubt(doubt_id: UUID, association: str, tx: Transaction) -> Doubt | None:
    """An open doubt that this association decides."""
    doubt = await Doubts(tx.connection).get_for_update(doubt_id)
    return doubt if doubt and doubt.association == association else None


async def open_own_person(
    doubt_id: UUID, association: str, actor: str, tx: Transaction
) -> Identity | None:
    """Who was known first, for the owner of the doubt; each look is in the ledger. The newcomer is
    opened to nobody."""
    doubt = await own_doubt(doubt_id, association, tx)
    opened = await People(tx.connection, vault()).open(doubt.earlier_id) if doubt else None
    if doubt is None or opened is None:
        return None
    await AccessLog(tx.connection).write(tx.now, actor, doubt.earlier_id, "identity", "doubt")
    return opened[0]


async def decide_doubt(
    doubt_id: UUID, association: str, actor: str, same: bool, tx: Transaction
) -> bool:
    """A person of the owner decides; false when it is not theirs to decide, or decided already.
    Raises OwnAffair."""
    doubt = await own_doubt(doubt_id, association, tx)
    if doubt is None:
        return False
    await refuse_own(actor, [doubt.earlier_id, doubt.newcomer_id], tx)
    await _settle(doubt, same, actor, tx)
    return True


async def confirm_own_registration(doubt_id: UUID, person_id: UUID, tx: Transaction) -> bool:
    """Whoever was known first pressed "it was me" behind their own link: proof where their word is
    enough, else noted for the association that decides. They cannot tell which."""
    doubt = await Doubts(tx.connection).get_for_update(doubt_id)
    if doubt is None or doubt.earlier_id != person_id:
        return False
    if await is_proof(doubt, tx):
        await _settle(doubt, True, "person", tx)
    else:
        await Doubts(tx.connection).note_affirmed(doubt.id, tx.now)
    return True


async def _settle(doubt: Doubt, same: bool, by: str, tx: Transaction) -> None:
    await tx.cancel(DOUBT_OVERDUE, doubt.id)
    outcome = "same" if same else "different"
    await Doubts(tx.connection).settle(doubt.id, outcome, by, tx.now)
    if not same:
        await Clearances(tx.connection).drop_claims(doubt.newcomer_id, doubt.earlier_id, tx.now)
    if same and await _is_still_served(doubt, tx):
        await _fold(doubt, tx)
    else:
        past = await Pairs(tx.connection).mentors_of(doubt.earlier_id) if same else ()
        await lift_hold(doubt.side, doubt.newcomer_id, past, tx)


async def _is_still_served(doubt: Doubt, tx: Transaction) -> bool:
    """Whether whoever was known first is still served: a second registration is then one too many.
    Else the person has come back, and the new request is the one that goes on."""
    if doubt.side == "mentor":
        return await People(tx.connection, vault()).open(doubt.earlier_id) is not None
    return await Requests(tx.connection).open_of(doubt.earlier_id) is not None


async def _fold(doubt: Doubt, tx: Transaction) -> None:
    """The newcomer is over: their request is withdrawn, or they leave as a mentor."""
    requests, newcomer_id = Requests(tx.connection), doubt.newcomer_id
    for request_id in await requests.open_ids_of(newcomer_id):
        if request := await requests.get_for_update(request_id):
            await withdraw_request(request, "duplicate", tx)
    if doubt.side == "mentor":
        tx.publish(MentorLeft(mentor_id=newcomer_id, reason="duplicate"))
    await _forget_dates(newcomer_id, tx)
    await People(tx.connection, vault()).fold(newcomer_id, doubt.earlier_id)
    await drop_doubts_about(newcomer_id, tx)


async def _forget_dates(newcomer_id: UUID, tx: Transaction) -> None:
    """Whoever was known first has their own birthdays and clearance; nobody decides these."""
    for timer in (*BIRTHDAY.values(), CLEARANCE_ENDS_SOON, CLEARANCE_ENDED):
        await tx.cancel(timer, newcomer_id)
    await Clearances(tx.connection).settle_claims(newcomer_id, "service", tx.now)
    await forget_guardian(newcomer_id, tx)
