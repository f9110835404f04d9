"""Rows of people who are new: the sealed identity, and the keyed hashes that find it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.store.person import Person
from shared.contracts.types import Side
from shared.persistence.batch import Connection, PlainConnection, share_change
from shared.persistence.columns import columns

Mark = tuple[UUID, Side, str, bytes]
"""Person, side, use and keyed hash."""


@dataclass(frozen=True)
class NewPersonRow:
    """A person to keep. `marks`: keyed hashes by use."""

    person: Person
    sealed: bytes
    marks: dict[str, bytes]


@share_change
async def add_person_rows(connection: PlainConnection, rows: Sequence[NewPersonRow]) -> None:
    """Keep people, in the order in which they came."""
    await connection.execute(
        "INSERT INTO persons (id, side, sealed, lang, door, partner, campaign, company,"
        " registered_at, held) SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[],"
        " $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],"
        " $10::bool[])",
        *columns([_values(row) for row in rows]),
    )
    marks: list[Mark] = [
        (row.person.id, row.person.side, use, digest)
        for row in rows
        for use, digest in row.marks.items()
    ]
    await insert_marks(connection, marks)


async def insert_marks(connection: Connection, marks: Sequence[Mark]) -> None:
    """Let people be found by these hashes."""
    await connection.execute(
        "INSERT INTO marks (person_id, side, kind, digest)"
        " SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])",
        *columns(marks),
    )


def _values(row: NewPersonRow) -> tuple[object, ...]:
    person = row.person
    return (
        person.id,
        person.side,
        row.sealed,
        person.lang,
        person.door,
        person.partner,
        person.campaign,
        person.company,
        person.registered_at,
        person.held,
    )
