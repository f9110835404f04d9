"""Mentors and their places. A mentor belongs to no programme: every pool may draw on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.matching.store.births import lock_person, with_known_birth
from shared.persistence.batch import Connection, PlainConnection, share_statement
from shared.persistence.columns import columns
from shared.persistence.database import Record


@dataclass(frozen=True)
class NewMentor:
    """A volunteer as they come. `held`: without a place yet."""

    mentor_id: UUID
    association: str | None
    criteria: Mapping[str, Any]
    capacity: int
    held: bool


class Mentors:
    """`taken` places of `capacity`; the table itself refuses one place too many."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def join(self, mentor: NewMentor, now: datetime) -> bool:
        """Take a volunteer in; false when they are known already. What was heard of them before
        them counts more than what they came with."""
        mentor_id = mentor.mentor_id
        await lock_person(self._connection, mentor_id)
        criteria = await with_known_birth(self._connection, mentor_id, mentor.criteria)
        capacity = 0 if mentor.held else mentor.capacity
        joined = await _insert(
            self._connection,
            (mentor_id, mentor.association, criteria, capacity, now, mentor.held),
        )
        if joined:
            await self._take_what_came_ahead(mentor_id)
        return bool(joined)

    async def set_clearance(self, mentor_id: UUID, until: date | None) -> None:
        """Until when a mentor may accompany minors (None: not at all), new to every pool; kept for
        a mentor who is not known yet."""
        await lock_person(self._connection, mentor_id)
        await self._connection.execute(
            "INSERT INTO clearances_ahead (mentor_id, cleared_until) SELECT $1, $2"
            " WHERE NOT EXISTS (SELECT FROM mentors WHERE mentor_id = $1)"
            " AND NOT EXISTS (SELECT FROM gone_people WHERE person_id = $1)"
            " ON CONFLICT (mentor_id) DO UPDATE SET cleared_until = $2",
            mentor_id,
            until,
        )
        await self._connection.execute(
            "UPDATE mentors SET criteria = criteria || jsonb_build_object('cleared',"
            " $2::date IS NOT NULL, 'cleared_until', $2::date),"
            " changed_in = pg_current_xact_id() WHERE mentor_id = $1",
            mentor_id,
            until,
        )

    async def _take_what_came_ahead(self, mentor_id: UUID) -> None:
        ahead = await _take_ahead(self._connection, mentor_id)
        if ahead:
            await self.set_clearance(mentor_id, ahead["cleared_until"])

    async def correct_birth(self, mentor_id: UUID, year: int | None) -> None:
        """Another year of birth; None: an adult, who may support adults too."""
        await self._connection.execute(
            "UPDATE mentors SET criteria = CASE WHEN $2::int IS NULL THEN criteria - 'birth_year'"
            " ELSE jsonb_set(criteria, '{birth_year}', to_jsonb($2::int)) END,"
            " changed_in = pg_current_xact_id() WHERE mentor_id = $1",
            mentor_id,
            year,
        )

    async def give_place_back(self, mentor_id: UUID) -> None:
        """One place is free again, and every pool is marked as changed."""
        await self._connection.execute(
            "UPDATE mentors SET taken = taken - 1, changed_in = pg_current_xact_id()"
            " WHERE mentor_id = $1",
            mentor_id,
        )

    async def leave(self, mentor_id: UUID, now: datetime) -> None:
        """No place of this mentor is open any more, and every pool is marked as changed."""
        await self._connection.execute(
            "UPDATE mentors SET left_at = coalesce(left_at, $2), capacity = taken,"
            " held = false, changed_in = pg_current_xact_id() WHERE mentor_id = $1",
            mentor_id,
            now,
        )


@share_statement
async def _insert(
    connection: PlainConnection, rows: Sequence[tuple[object, ...]]
) -> Sequence[bool]:
    joined = await connection.fetch(
        "INSERT INTO mentors (mentor_id, association, criteria, capacity, joined_at, held)"
        " SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::int[],"
        " $5::timestamptz[], $6::bool[]) ON CONFLICT (mentor_id) DO NOTHING RETURNING mentor_id",
        *columns(rows),
    )
    ids = {row["mentor_id"] for row in joined}
    return [row[0] in ids for row in rows]


@share_statement
async def _take_ahead(
    connection: PlainConnection, mentor_ids: Sequence[UUID]
) -> Sequence[Record | None]:
    rows = await connection.fetch(
        "DELETE FROM clearances_ahead WHERE mentor_id = ANY($1) RETURNING mentor_id, cleared_until",
        list(set(mentor_ids)),
    )
    ahead = {row["mentor_id"]: row for row in rows}
    return [ahead.get(mentor_id) for mentor_id in mentor_ids]
