"""The guardians of minors: told or asked, their lasting page, what they withdraw, birthdays."""

from datetime import datetime
from uuid import UUID

from services.registration.domain.guardians import BIRTHDAYS, start_of_birthday
from services.registration.domain.identity import Identity
from services.registration.store import GuardianChecks, Links, Request, Requests
from services.registration.use_cases.check_guardian import forget_deadlines
from services.registration.use_cases.route_request import open_to_matching
from services.registration.use_cases.withdraw_request import withdraw_request
from shared.contracts.events import GuardianNamed, MinorIntroduced
from shared.contracts.types import Lang, Side
from shared.persistence.transaction import Transaction

BIRTHDAY: dict[int, str] = {15: "birthday_15", 18: "birthday_18"}
"""Timers, keyed by person: rights move to the young person on this day."""


async def plan_minority(person_id: UUID, identity: Identity, tx: Transaction) -> None:
    """The days on which rights move, and the guardian's page until the last of them."""
    for age in BIRTHDAYS:
        day = start_of_birthday(identity.born, age)
        if day > tx.now:
            await tx.schedule(BIRTHDAY[age], person_id, day)
    adult_on = start_of_majority(identity)
    if adult_on > tx.now:
        mark = tx.fingerprint("parent", person_id)
        await Links(tx.connection).keep("parent", person_id, mark, adult_on)


def start_of_majority(identity: Identity) -> datetime:
    """When nobody stands between somebody and us any more."""
    return start_of_birthday(identity.born, max(BIRTHDAYS))


async def forget_minority(person_id: UUID, tx: Transaction) -> None:
    """No birthday is waited for, and no guardian's page is open: a birth date was corrected."""
    for timer in BIRTHDAY.values():
        await tx.cancel(timer, person_id)
    await Links(tx.connection).forget("parent", person_id)


def tell_guardian(subject: UUID, person_id: UUID, side: Side, lang: Lang, tx: Transaction) -> None:
    """A minor of 15 to 17 named a guardian who can be reached: they are told."""
    tx.emit(GuardianNamed(subject_id=subject, person_id=person_id, side=side, lang=lang))


async def tell_of_introduction(request_id: UUID, pair_id: UUID, tx: Transaction) -> None:
    """A minor has a mentor: the guardian whom we can reach knows it too."""
    request = await Requests(tx.connection).with_id(request_id)
    if request is None or request.minority is None or not request.guardian_contact:
        return
    entry = {"request_id": request_id, "mentee_id": request.mentee_id, "pair_id": pair_id}
    tx.emit(MinorIntroduced(**entry, lang=request.lang))


async def note_guardians_refusal(request_id: UUID, association: str, tx: Transaction) -> bool:
    """The guardian told the association no: everything about the request stops."""
    request = await Requests(tx.connection).for_association(request_id, association)
    waits = ("awaiting_consent", "guardian_check", "confirmed")
    if request is None or request.minority is None or request.state not in waits:
        return False
    return await stop_for_guardian(request, tx)


async def stop_for_guardian(request: Request, tx: Transaction) -> bool:
    """A guardian withdrew their consent, or objects; false when the request is over already."""
    await GuardianChecks(tx.connection).drop(request.id)
    await forget_deadlines(request.id, tx)
    return await withdraw_request(request, "consent_withdrawn", tx)


async def go_on(request: Request, tx: Transaction) -> None:
    """Nothing about the guardian stands in the way any more."""
    if request.state == "guardian_check" and request.association:
        await open_to_matching(request, request.association, tx)
