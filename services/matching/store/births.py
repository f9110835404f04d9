"""Corrections of birth dates after a registration: kept of whoever is known and of whoever comes
later, and above what criteria say that were stated before."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection, PlainConnection, share_change, share_statement
from shared.persistence.database import Record


@share_change
async def lock_person(connection: PlainConnection, person_ids: Sequence[UUID]) -> None:
    """Whoever takes somebody in and whoever says something of them see each other."""
    await lock_ids(connection, person_ids)


async def lock_ids(connection: Connection, ids: Sequence[UUID]) -> None:
    """Wait for other transactions that lock one of these ids, in one order."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(id, 0)) FROM unnest($1::text[]) AS id",
        sorted({str(id_) for id_ in ids}),
    )


async def note_birth(connection: Connection, person_id: UUID, year: int | None) -> None:
    """Remember a year of birth (None: an adult), unless the person is gone."""
    await lock_person(connection, person_id)
    await connection.execute(
        "INSERT INTO births (person_id, birth_year) SELECT $1, $2"
        " WHERE NOT EXISTS (SELECT FROM gone_people WHERE person_id = $1)"
        " ON CONFLICT (person_id) DO UPDATE SET birth_year = excluded.birth_year",
        person_id,
        year,
    )


async def with_known_birth(
    connection: Connection, person_id: UUID, criteria: Mapping[str, Any]
) -> dict[str, Any]:
    """Criteria with the year of birth that is known of the person, where any was said; the caller
    holds `lock_person`."""
    known = await _find_birth(connection, person_id)
    if known is None:
        return dict(criteria)
    others = {name: value for name, value in criteria.items() if name != "birth_year"}
    return others | ({"birth_year": known["birth_year"]} if known["birth_year"] else {})


@share_statement
async def _find_birth(
    connection: PlainConnection, person_ids: Sequence[UUID]
) -> Sequence[Record | None]:
    rows = await connection.fetch(
        "SELECT person_id, birth_year FROM births WHERE person_id = ANY($1)", list(set(person_ids))
    )
    births = {row["person_id"]: row for row in rows}
    return [births.get(person_id) for person_id in person_ids]
