"""A guardian consents before anything else happens: under 15, and later where a programme asks."""

from uuid import UUID

from services.registration.domain.declaration import Declaration
from services.registration.domain.identity import Identity
from services.registration.store import (
    AccessLog,
    Links,
    MentorGuardians,
    People,
    Request,
    Requests,
)
from services.registration.use_cases.apply_guardian_decision import stop_for_guardian
from services.registration.use_cases.ask_consent import forget_question, open_question
from services.registration.use_cases.await_mentor_guardian import (
    give_consent_for_mentor,
    mentor_behind,
    remind_guardian_of_mentor,
)
from services.registration.use_cases.check_guardian import close_check
from services.registration.use_cases.erase_person import erase_person
from services.registration.use_cases.inform_guardian import tell_guardian
from services.registration.use_cases.plan_minority import plan_minority
from services.registration.use_cases.prove_contact import prove_contact
from services.registration.use_cases.route_request import route, route_new
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import ConsentAsked, ConsentGiven
from shared.persistence.transaction import Transaction


async def begin_request(
    request: Request, identity: Identity, tx: Transaction, known: Identity | None = None
) -> None:
    """A request was kept: a guardian is asked, or told, and it goes on its way. `known`: who they
    are, where that was kept before."""
    if request.minority:
        await plan_minority(request.mentee_id, identity, tx)
    if request.state == "awaiting_consent":
        await ask_guardian(request, tx)
        return
    if request.minority == "under_18" and request.guardian_contact:
        tell_guardian(request.id, request.mentee_id, "mentee", request.lang, tx)
    await route_new(request, tx, identity=known or identity)


async def ask_guardian(request: Request, tx: Transaction) -> None:
    """Let the parent's link open, state the question, and set the days of reminders and the end."""
    await open_question(request.id, tx)
    _state_question(request, 0, tx)


async def remind_guardian(request_id: UUID, reminder: int, tx: Transaction) -> None:
    """Ask once more, if the request still waits."""
    request = await Requests(tx.connection).get_for_update(request_id)
    if request is None:
        await remind_guardian_of_mentor(request_id, reminder, tx)
    elif request.state == "awaiting_consent":
        _state_question(request, reminder, tx)


def _state_question(request: Request, reminder: int, tx: Transaction) -> None:
    tx.publish(
        ConsentAsked(
            request_id=request.id,
            mentee_id=request.mentee_id,
            minority=request.minority,
            lang=request.lang,
            reminder=reminder,
        )
    )


async def child_of(link: bytes, tx: Transaction) -> tuple[Request, Identity] | None:
    """The request that waits behind a parent's link, and whose it is, noted as seen."""
    subject = await Links(tx.connection).subject("consent", link, tx.now)
    request = await Requests(tx.connection).with_id(UUID(subject)) if subject else None
    if request is None or request.state != "awaiting_consent":
        return None
    opened = await People(tx.connection, vault()).open(request.mentee_id)
    if opened is None:
        return None
    await AccessLog(tx.connection).write(
        tx.now, "guardian", request.mentee_id, "first_name", "consent_asked"
    )
    return request, opened[0]


async def mentor_asked_about(link: bytes, tx: Transaction) -> Identity | None:
    """The mentor who waits behind a parent's link, noted as seen."""
    subject = await Links(tx.connection).subject("consent", link, tx.now)
    mentor = await mentor_behind(UUID(subject), tx) if subject else None
    if subject and mentor:
        await AccessLog(tx.connection).write(
            tx.now, "guardian", UUID(subject), "first_name", "consent_asked"
        )
    return mentor


async def give_consent(link: bytes, declared: Declaration, tx: Transaction) -> UUID | None:
    """A parent says yes by their link; the young person's id, for the parent's lasting page.

    None for a link that is unknown, used or expired.
    """
    subject = await _use(link, tx)
    request = await _waiting(subject, tx)
    if request is None:
        return await give_consent_for_mentor(subject, declared, tx) if subject else None
    people = People(tx.connection, vault())
    opened = await people.open(request.mentee_id)
    if opened is None:
        return None
    await people.change_identity(request.mentee_id, "mentee", declared.add_to(opened[0]))
    await close_check(request.id, "message", tx)
    await Requests(tx.connection).consent(request.id, tx.now)
    await prove_contact(request.mentee_id, "guardian", tx)
    tx.publish(ConsentGiven(request_id=request.id, mentee_id=request.mentee_id, lang=request.lang))
    await route(request.id, tx)
    return request.mentee_id


async def refuse_consent(link: bytes, tx: Transaction) -> bool:
    """A parent says no: the request is over and the child's data are erased at once."""
    subject = await _use(link, tx)
    request = await _waiting(subject, tx)
    if request is None:
        return await _forget_mentor(subject, tx) if subject else False
    await _forget(request, "consent_refused", tx)
    return True


async def withdraw_consent(mentee_id: UUID, tx: Transaction) -> bool:
    """A guardian withdraws on their lasting page; false when nothing was going on."""
    stopped = False
    requests = Requests(tx.connection)
    for request_id in await requests.open_ids_of(mentee_id):
        request = await requests.get_for_update(request_id)
        if request:
            await forget_question(request_id, tx)
            stopped |= await stop_for_guardian(request, tx)
    return stopped


async def forget_unconfirmed(subject: UUID, tx: Transaction) -> None:
    """No parent answered in time: it is over and the young person's data are erased."""
    request = await Requests(tx.connection).get_for_update(subject)
    if request is None:
        await _forget_mentor(subject, tx)
    elif request.state == "awaiting_consent":
        await _forget(request, "consent_expired", tx)


async def _use(link: bytes, tx: Transaction) -> UUID | None:
    """Use the link up; what it was about."""
    subject = await Links(tx.connection).use("consent", link, tx.now)
    return UUID(subject) if subject else None


async def _waiting(subject: UUID | None, tx: Transaction) -> Request | None:
    """The request that still waits for a guardian, whom nobody asks any more."""
    request = await Requests(tx.connection).get_for_update(subject) if subject else None
    if request is None or request.state != "awaiting_consent":
        return None
    await forget_question(request.id, tx)
    return request


async def _forget_mentor(mentor_id: UUID, tx: Transaction) -> bool:
    if not await MentorGuardians(tx.connection).is_awaited(mentor_id):
        return False
    await erase_person(mentor_id, "mentor", "consent", tx)
    return True


async def _forget(request: Request, state: str, tx: Transaction) -> None:
    await forget_question(request.id, tx)
    await Requests(tx.connection).close(request.id, state, tx.now)
    await erase_person(request.mentee_id, "mentee", "consent", tx)
