"""An association finds its own people by name and birth date; of nobody else it learns."""

from dataclasses import dataclass
from uuid import UUID

from pydantic_core import PydanticCustomError

from services.registration.domain import fields
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.identity import Identity, plain
from services.registration.store import AccessLog, KnownPeople, Requests
from services.registration.use_cases.find_owner import find_owner
from services.registration.use_cases.vault_provider import vault
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

SIDES: tuple[Side, ...] = ("mentee", "mentor")


@dataclass(frozen=True)
class OwnPerson:
    """One of an association's people. `subject` is what its pages show them by: a request, or the
    mentor."""

    person_id: UUID
    subject: UUID


async def find_own_people(
    names: tuple[str, str], born: str, association: str, actor: str, tx: Transaction
) -> list[OwnPerson]:
    """Everybody in this association's charge with this name and birth date: mostly one. Raises
    Refused for a date that cannot be read. `actor`: who looks, in the ledger."""
    try:
        wanted = Identity(names[0], names[1], fields.birth_date(born))
    except PydanticCustomError as error:
        raise InvalidRegistration([Fault("born", error.type)]) from None
    found = []
    for side in SIDES:
        for one in await KnownPeople(tx.connection, vault()).alike(side, wanted):
            if _matches(one.identity, wanted) and await find_owner(side, one.id, tx) == association:
                found.append(OwnPerson(one.id, await _subject(side, one.id, tx)))
    for known in found:
        await AccessLog(tx.connection).write(
            tx.now, actor, known.person_id, "identity", "contact_lost"
        )
    return found


async def _subject(side: Side, person_id: UUID, tx: Transaction) -> UUID:
    asked = await Requests(tx.connection).latest_of(person_id) if side == "mentee" else None
    return asked or person_id


def _matches(known: Identity, wanted: Identity) -> bool:
    return (plain(known.first_name), plain(known.last_name), known.born) == (
        plain(wanted.first_name),
        plain(wanted.last_name),
        wanted.born,
    )
