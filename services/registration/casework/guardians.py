"""The guardians of minors: told or asked, their lasting page, what they withdraw, birthdays."""

from uuid import UUID

from services.registration.casework.guardian_checks import (
    ask_association,
    close_check,
    forget_deadlines,
)
from services.registration.casework.placing import give_back, open_to_matching
from services.registration.casework.withdrawing import withdraw_request
from services.registration.domain.guardians import BIRTHDAYS, HOW, start_of_birthday
from services.registration.domain.identity import Identity
from services.registration.store import GuardianChecks, Links, Request, Requests
from shared.contracts.events import GuardianNamed, Lang, MinorIntroduced, Side
from shared.runtime.transaction import Transaction

BIRTHDAY: dict[int, str] = {15: "birthday_15", 18: "birthday_18"}
"""Timers, keyed by person: rights move to the young person on this day."""


async def plan_minority(person_id: UUID, identity: Identity, tx: Transaction) -> None:
    """The days on which rights move, and the guardian's page until the last of them."""
    for age in BIRTHDAYS:
        day = start_of_birthday(identity.born, age)
        if day > tx.now:
            await tx.schedule(BIRTHDAY[age], person_id, day)
    adult_on = start_of_birthday(identity.born, max(BIRTHDAYS))
    if adult_on > tx.now:
        mark = tx.fingerprint("parent", person_id)
        await Links(tx.connection).keep("parent", person_id, mark, adult_on)


async def begin_mentor(mentor_id: UUID, identity: Identity, lang: Lang, tx: Transaction) -> None:
    """A mentor of 16 or 17 has a guardian too, who is told where we can reach them."""
    if start_of_birthday(identity.born, max(BIRTHDAYS)) <= tx.now:
        return
    await plan_minority(mentor_id, identity, tx)
    if identity.has_guardian_contact:
        tell_guardian(mentor_id, mentor_id, "mentor", lang, tx)


def tell_guardian(subject: UUID, person_id: UUID, side: Side, lang: Lang, tx: Transaction) -> None:
    """A minor of 15 to 17 named a guardian who can be reached: they are told."""
    tx.emit(GuardianNamed(subject_id=subject, person_id=person_id, side=side, lang=lang))


async def note_guardian_told(request_id: UUID, tx: Transaction) -> None:
    """Our message to the guardian has left: whoever waited for that goes on."""
    requests = Requests(tx.connection)
    request = await requests.in_hand(request_id)
    if request is None:
        return
    await requests.note_guardian_told(request_id, tx.now)
    check = await GuardianChecks(tx.connection).get_for_update(request_id)
    if check and check.kind == "inform" and await close_check(request_id, "message", tx):
        await go_on(request, tx)


async def note_guardian_unreachable(request_id: UUID, tx: Transaction) -> None:
    """Our message to the guardian will not arrive: the association is asked to see to it."""
    await Requests(tx.connection).note_guardian_unreachable(request_id)
    await ask_once_more(request_id, tx, reminder=False)


async def tell_of_introduction(request_id: UUID, pair_id: UUID, tx: Transaction) -> None:
    """A minor has a mentor: the guardian whom we can reach knows it too."""
    request = await Requests(tx.connection).with_id(request_id)
    if request is None or request.minority is None or not request.guardian_contact:
        return
    told = {"request_id": request_id, "mentee_id": request.mentee_id, "pair_id": pair_id}
    tx.emit(MinorIntroduced(**told, lang=request.lang))


async def settle_request_check(
    request_id: UUID, association: str, how: str, tx: Transaction
) -> bool:
    """The association has seen to the guardian; false when it is not theirs to say."""
    request = await Requests(tx.connection).for_association(request_id, association)
    if request is None or request.state != "guardian_check" or how not in HOW:
        return False
    await close_check(request_id, how, tx)
    await go_on(request, tx)
    return True


async def note_guardians_refusal(request_id: UUID, association: str, tx: Transaction) -> bool:
    """The guardian told the association no: everything about the request stops."""
    request = await Requests(tx.connection).for_association(request_id, association)
    if request is None or request.minority is None or request.confirmed_at is None:
        return False
    return await stop_for_guardian(request, tx)


async def stop_for_guardian(request: Request, tx: Transaction) -> bool:
    """A guardian withdrew their consent, or objects; false when the request is over already."""
    await GuardianChecks(tx.connection).drop(request.id)
    await forget_deadlines(request.id, tx)
    return await withdraw_request(request, "consent_withdrawn", tx)


async def ask_once_more(subject: UUID, tx: Transaction, *, reminder: bool) -> None:
    """The association is asked, or reminded, unless the guardian is seen to by now."""
    check = await GuardianChecks(tx.connection).get_for_update(subject)
    if check and check.settled_at is None:
        ask_association(check, tx, reminder)


async def pass_over_silent(request_id: UUID, tx: Transaction) -> None:
    """The deadline has passed and the guardian is not seen to: on to the next association."""
    request = await Requests(tx.connection).in_hand(request_id)
    if request and request.state == "guardian_check":
        await give_back(request, "silent", tx)


async def go_on(request: Request, tx: Transaction) -> None:
    """Nothing about the guardian stands in the way any more."""
    if request.state == "guardian_check" and request.association:
        await open_to_matching(request, request.association, tx)
