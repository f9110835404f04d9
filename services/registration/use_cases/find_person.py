"""An association finds its own people by name and birth date; of nobody else it learns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

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


@dataclass(frozen=True)
class Search:
    """Whom an association looks for, and why: the ledger's reason."""

    first_name: str
    last_name: str
    born: date
    reason: Literal["contact_lost", "birth_correction"]


async def find_own_people(
    search: Search, association: str, actor: str, tx: Transaction
) -> list[OwnPerson]:
    """Everybody in this association's charge with this name and birth date: mostly one. `actor`:
    who looks, in the ledger."""
    wanted = Identity(search.first_name, search.last_name, search.born)
    people: list[OwnPerson] = []
    for side in SIDES:
        people += [
            OwnPerson(one.id, await _subject(side, one.id, tx))
            for one in await KnownPeople(tx.connection, vault()).alike(side, wanted)
            if _matches(one.identity, wanted) and await find_owner(side, one.id, tx) == association
        ]
    for known in people:
        await AccessLog(tx.connection).write(
            tx.now, actor, known.person_id, "identity", search.reason
        )
    return people


def choose_person(people: Sequence[OwnPerson], which: str) -> OwnPerson | None:
    """The one who is meant: the only one, or of namesakes the one that was chosen."""
    meant = [one for one in people if len(people) == 1 or str(one.subject) == which]
    return meant[0] if len(meant) == 1 else None


async def _subject(side: Side, person_id: UUID, tx: Transaction) -> UUID:
    asked = await Requests(tx.connection).latest_of(person_id) if side == "mentee" else None
    return asked or person_id


def _matches(known: Identity, wanted: Identity) -> bool:
    return (plain(known.first_name), plain(known.last_name), known.born) == (
        plain(wanted.first_name),
        plain(wanted.last_name),
        wanted.born,
    )
