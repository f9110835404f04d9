"""What becomes of the task to see to a guardian: done by a message, by a human, or not in time."""

from uuid import UUID

from services.registration.domain.guardians import HOW
from services.registration.store import GuardianCheck, GuardianChecks, Request, Requests
from services.registration.use_cases.apply_guardian_decision import resume_request
from services.registration.use_cases.ask_consent import forget_question
from services.registration.use_cases.await_mentor_guardian import (
    note_unreachable_guardian,
    release_mentor,
)
from services.registration.use_cases.check_guardian import (
    ask_about,
    close_check,
    hand_check_on,
    new_check,
    open_check,
)
from services.registration.use_cases.refuse_own_affair import refuse_own
from services.registration.use_cases.route_request import reroute, route
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.persistence.transaction import Transaction


async def note_guardian_told(subject: UUID, tx: Transaction) -> None:
    """Our message to the guardian has left: whoever waited for that goes on."""
    check = await GuardianChecks(tx.connection).get_for_update(subject)
    request = await Requests(tx.connection).get_for_update(subject)
    if request:
        await Requests(tx.connection).note_guardian_told(subject, tx.now)
    if check and check.kind == "inform" and check.settled_at is None:
        await _settle(check, request, "message", tx)


async def note_guardian_unreachable(person_id: UUID, tx: Transaction) -> None:
    """A message to the guardian will not arrive: the association in charge is asked to see to it,
    the network's head where none is yet."""
    requests = Requests(tx.connection)
    if await requests.latest_of(person_id) is None:
        await note_unreachable_guardian(person_id, tx)
    for request_id in await requests.open_ids_of(person_id):
        request = await requests.get_for_update(request_id)
        if request and request.minority:
            await requests.note_guardian_unreachable(request_id)
            await _ask_about_request(request, tx)


async def _ask_about_request(request: Request, tx: Transaction) -> None:
    check = await GuardianChecks(tx.connection).get_for_update(request.id)
    if check and check.settled_at is None:
        ask_about(check, tx)
    elif request.state == "awaiting_consent":
        check = new_check(request.id, "mentee", "consent", NETWORK_HEAD, tx)
        await open_check(check, False, tx)
    elif request.state == "confirmed" and request.guardian_contact:
        association = request.association or NETWORK_HEAD
        check = new_check(request.id, "mentee", "inform", association, tx)
        await open_check(check, False, tx)


async def settle_check(
    subject: UUID, association: str, actor: str, how: str, tx: Transaction
) -> bool:
    """The association has seen to the guardian; false when it is not theirs to say. Raises
    OwnAffair: nobody is their own guardian's witness, nor is the guardian."""
    check = await GuardianChecks(tx.connection).get_for_update(subject)
    if check is None or check.settled_at or check.association != association or how not in HOW:
        return False
    request = await Requests(tx.connection).get_for_update(subject)
    await refuse_own(actor, [request.mentee_id if request else subject], tx)
    await _settle(check, request, how, tx)
    return True


async def _settle(check: GuardianCheck, request: Request | None, how: str, tx: Transaction) -> None:
    if request is None:
        await release_mentor(check.subject, how, tx)
        return
    await close_check(check.subject, how, tx)
    if check.kind == "consent" and request.state == "awaiting_consent":
        await forget_question(request.id, tx)
        await Requests(tx.connection).consent(request.id, tx.now)
        await route(request.id, tx)
    else:
        await resume_request(request, tx)


async def ask_once_more(subject: UUID, tx: Transaction, *, reminder: bool) -> None:
    """The association is asked, or reminded, unless the guardian is seen to by now."""
    check = await GuardianChecks(tx.connection).get_for_update(subject)
    if check and check.settled_at is None:
        ask_about(check, tx, reminder)


async def pass_over_silent(subject: UUID, tx: Transaction) -> None:
    """The deadline has passed and the guardian is not seen to: on to the next association; where
    there is none to go to, to the network's head."""
    request = await Requests(tx.connection).get_for_update(subject)
    check = await GuardianChecks(tx.connection).get_for_update(subject)
    if request and request.state == "guardian_check":
        await reroute(request, "silent", tx)
    elif check and check.settled_at is None:
        await hand_check_on(check, tx)
