"""A guardian consents before anything else happens: under 15, and later where a programme asks."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.registration.casework.erasing import erase_person
from services.registration.casework.guardians import plan_minority, stop_for_guardian, tell_guardian
from services.registration.casework.keyring import vault
from services.registration.casework.placing import place, place_new
from services.registration.casework.proving import prove_contact
from services.registration.domain.declaration import Declaration
from services.registration.domain.identity import Identity
from services.registration.store import Ledger, Links, People, Request, Requests
from shared.contracts.events import ConsentAsked, ConsentGiven
from shared.runtime.transaction import Transaction

CONSENT_DAYS = 90
"""A registration that no parent confirms is forgotten after three months."""
EXPIRY = "consent_expiry"
REMINDERS = {"consent_reminder_1": 3, "consent_reminder_2": 10}
"""Timers, and the day on which each asks a guardian once more."""


async def begin_request(request: Request, identity: Identity, tx: Transaction) -> None:
    """A request was kept: a guardian is asked, or told, and it goes on its way."""
    if request.minority:
        await plan_minority(request.mentee_id, identity, tx)
    if request.state == "awaiting_consent":
        await ask_guardian(request, tx)
        return
    if request.minority == "under_18" and request.guardian_contact:
        tell_guardian(request.id, request.mentee_id, "mentee", request.lang, tx)
    await place_new(request, tx)


async def ask_guardian(request: Request, tx: Transaction) -> None:
    """Let the parent's link open, state the question, and set the days of reminders and the end."""
    until = tx.now + timedelta(days=CONSENT_DAYS)
    mark = tx.fingerprint("consent", request.id)
    await Links(tx.connection).keep("consent", request.id, mark, until)
    await tx.schedule(EXPIRY, request.id, until)
    for timer, day in REMINDERS.items():
        await tx.schedule(timer, request.id, tx.now + timedelta(days=day))
    tx.emit(ConsentAsked(request_id=request.id, mentee_id=request.mentee_id, lang=request.lang))


async def remind_guardian(request_id: UUID, reminder: int, tx: Transaction) -> None:
    """Ask once more, if the request still waits."""
    request = await Requests(tx.connection).in_hand(request_id)
    if request and request.state == "awaiting_consent":
        tx.emit(
            ConsentAsked(
                request_id=request.id,
                mentee_id=request.mentee_id,
                lang=request.lang,
                reminder=reminder,
            )
        )


async def child_of(link: bytes, tx: Transaction) -> tuple[Request, Identity] | None:
    """The request that waits behind a parent's link, and whose it is, noted as seen."""
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
    return request, opened[0]


async def give_consent(link: bytes, declared: Declaration, tx: Transaction) -> UUID | None:
    """A parent says yes by their link; the young person's id, for the parent's lasting page.

    None for a link that is unknown, used or expired.
    """
    request = await _answered(link, tx)
    people = People(tx.connection, vault())
    opened = await people.open(request.mentee_id) if request else None
    if request is None or opened is None:
        return None
    named = replace(
        opened[0],
        guardian_first_name=declared.first_name,
        guardian_last_name=declared.last_name,
        guardian_bond=declared.bond,
    )
    await people.change_identity(request.mentee_id, "mentee", named)
    await Requests(tx.connection).consent(request.id, tx.now)
    await prove_contact(request.mentee_id, "guardian", tx)
    told = {"request_id": request.id, "mentee_id": request.mentee_id}
    tx.emit(ConsentGiven(**told, lang=request.lang))
    await place(request.id, tx)
    return request.mentee_id


async def refuse_consent(link: bytes, tx: Transaction) -> bool:
    """A parent says no: the request is over and the child's data are erased at once."""
    request = await _answered(link, tx)
    if request is None:
        return False
    await _forget(request, "consent_refused", tx)
    return True


async def withdraw_consent(mentee_id: UUID, tx: Transaction) -> bool:
    """A guardian withdraws on their lasting page; false when nothing was going on."""
    stopped = False
    requests = Requests(tx.connection)
    for request_id in await requests.open_ids_of(mentee_id):
        request = await requests.in_hand(request_id)
        if request:
            await forget_question(request_id, tx)
            stopped |= await stop_for_guardian(request, tx)
    return stopped


async def forget_unconfirmed(request_id: UUID, tx: Transaction) -> None:
    """No parent answered in time: the request is over and the child's data are erased."""
    request = await Requests(tx.connection).in_hand(request_id)
    if request and request.state == "awaiting_consent":
        await _forget(request, "consent_expired", tx)


async def forget_question(request_id: UUID, tx: Transaction) -> None:
    """Nobody is asked for consent, reminded or waited for any more."""
    for timer in (EXPIRY, *REMINDERS):
        await tx.cancel(timer, request_id)


async def _answered(link: bytes, tx: Transaction) -> Request | None:
    """Use the link up; the request that it was about, if it still waits."""
    found = await Links(tx.connection).use("consent", link, tx.now)
    request = await Requests(tx.connection).in_hand(UUID(found)) if found else None
    if request is None or request.state != "awaiting_consent":
        return None
    await forget_question(request.id, tx)
    return request


async def _forget(request: Request, state: str, tx: Transaction) -> None:
    await forget_question(request.id, tx)
    await Requests(tx.connection).close(request.id, state, tx.now)
    await erase_person(request.mentee_id, "mentee", "consent", tx)
