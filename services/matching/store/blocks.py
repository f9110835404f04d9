"""Rows set aside: requests that no round may take, mentors whose free places are closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.persistence.batch import Connection, PlainConnection, share_statement

Table = Literal["requests", "mentors"]
_KEYS = {"requests": "request_id", "mentors": "mentor_id"}
_PEOPLE = {"requests": "mentee_id", "mentors": "mentor_id"}
_OPEN = {"requests": "state NOT IN ('closed')", "mentors": "left_at IS NULL"}
_CHANGE = """
UPDATE {table} SET blocked = $2, blocked_at = CASE WHEN $2::text[] = '{{}}' THEN NULL
                                                   ELSE coalesce(blocked_at, $3) END
WHERE {key} = $1 AND blocked <> $2
"""

_SUMMARY = """
SELECT side, blocked, count(*) AS count, min(blocked_at) AS since,
       (array_agg(row_id ORDER BY blocked_at, row_id))[1:10] AS ids
FROM (SELECT 'mentee' AS side, request_id AS row_id, blocked, blocked_at FROM requests
      WHERE state = 'set_aside'
      UNION ALL SELECT 'mentor', mentor_id, blocked, blocked_at FROM mentors
      WHERE blocked <> '{}' AND left_at IS NULL) aside
GROUP BY side, blocked ORDER BY since
"""


@dataclass(frozen=True)
class Row:
    """A request or a mentor, as far as reading its codes goes."""

    row_id: UUID
    person_id: UUID
    association: str | None
    criteria: dict[str, Any]
    blocked: list[str]
    unreachable: bool


@dataclass(frozen=True)
class SetAside:
    """Rows set aside for the same reasons: how many, since when, and the first of their ids."""

    side: Literal["mentee", "mentor"]
    blocked: list[str]
    count: int
    since: datetime
    ids: list[UUID]


class Blocks:
    """Sets rows aside and takes them back; the tables' triggers do the rest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def set(self, table: Table, row_id: UUID, reasons: Sequence[str], now: datetime) -> None:
        """Exactly these reasons block the row from now on; none: it is open again."""
        query = _CHANGE.format(table=table, key=_KEYS[table])
        await self._connection.execute(query, row_id, list(reasons), now)

    async def page(self, table: Table, after: UUID, size: int) -> Sequence[Row]:
        """Rows that are not over, in the order of their ids, after this one."""
        key = _KEYS[table]
        rows = await self._connection.fetch(
            f"{_row(table)} WHERE {key} > $1 AND {_OPEN[table]} ORDER BY {key} LIMIT $2",
            after,
            size,
        )
        return [Row(**row) for row in rows]

    async def of_person(self, table: Table, person_id: UUID) -> Sequence[Row]:
        """The open rows of one person, locked."""
        if table == "requests":
            return await _requests_of(self._connection, person_id)
        return await _mentor_rows_of(self._connection, person_id)

    async def summary(self) -> Sequence[SetAside]:
        """What is set aside, by side and reasons, the oldest first."""
        return [SetAside(**row) for row in await self._connection.fetch(_SUMMARY)]

    async def note_unreachable(self, person_id: UUID, now: datetime) -> None:
        """Remember that no message reaches somebody, known here or not yet."""
        await self._connection.execute(
            "INSERT INTO unreachable (person_id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            person_id,
            now,
        )

    async def note_reachable(self, person_id: UUID) -> None:
        """They are reached again."""
        await self._connection.execute("DELETE FROM unreachable WHERE person_id = $1", person_id)


@share_statement
async def _requests_of(
    connection: PlainConnection, person_ids: Sequence[UUID]
) -> Sequence[list[Row]]:
    return await _of_people(connection, "requests", person_ids)


@share_statement
async def _mentor_rows_of(
    connection: PlainConnection, person_ids: Sequence[UUID]
) -> Sequence[list[Row]]:
    return await _of_people(connection, "mentors", person_ids)


async def _of_people(
    connection: PlainConnection, table: Table, person_ids: Sequence[UUID]
) -> list[list[Row]]:
    rows = await connection.fetch(
        f"{_row(table)} WHERE {_PEOPLE[table]} = ANY($1) AND {_OPEN[table]}"
        f" ORDER BY {_KEYS[table]} FOR UPDATE",
        list(set(person_ids)),
    )
    found: dict[UUID, list[Row]] = {person_id: [] for person_id in person_ids}
    for row in rows:
        found[row["person_id"]].append(Row(**row))
    return [found[person_id] for person_id in person_ids]


def _row(table: Table) -> str:
    person = f"{table}.{_PEOPLE[table]}"
    return (
        f"SELECT {_KEYS[table]} AS row_id, {person} AS person_id, association, criteria, blocked,"
        f" EXISTS (SELECT FROM unreachable u WHERE u.person_id = {person}) AS unreachable"
        f" FROM {table}"
    )
