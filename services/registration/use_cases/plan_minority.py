"""Somebody is a minor: when rights move to them, and the guardian's page until then."""

from datetime import datetime
from uuid import UUID

from services.registration.domain.guardians import BIRTHDAYS, start_of_birthday
from services.registration.domain.identity import Identity
from services.registration.domain.timers import BIRTHDAY
from services.registration.store import Links
from shared.persistence.transaction import Transaction


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
