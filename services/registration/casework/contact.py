"""Somebody mistyped their address, got no message, and fills in the form again."""

from uuid import UUID

from services.registration.casework.keyring import vault
from services.registration.domain.identity import Identity, shares_contact
from services.registration.store import Links, People
from shared.contracts.events import Side
from shared.runtime.transaction import Transaction


async def correct_contact(
    side: Side, person_id: UUID, subject: UUID, identity: Identity, tx: Transaction
) -> None:
    """Take the new address when the first one has never proved to be anybody's.

    Once the tracking link has been opened, its reader is the person, and a form that knows only
    a name and a birth date changes nothing.
    """
    if await Links(tx.connection).was_opened("request", subject):
        return
    people = People(tx.connection, vault())
    opened = await people.open(person_id)
    if opened and not shares_contact(opened[0], identity):
        await people.renew(person_id, side, identity)
