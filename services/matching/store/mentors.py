"""Mentors and their places. A mentor belongs to no programme: every pool may draw on them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.runtime.database import Connection


class Mentors:
    """`taken` places of `capacity`; the table itself refuses one place too many."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def join(
        self,
        mentor_id: UUID,
        association: str | None,
        criteria: Mapping[str, Any],
        capacity: int,
        now: datetime,
        held: bool = False,
    ) -> bool:
        """Take a volunteer in; false when they are known already. `held`: without a place yet."""
        joined = await self._connection.fetchval(
            "INSERT INTO mentors (mentor_id, association, criteria, capacity, joined_at, held)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (mentor_id) DO NOTHING RETURNING true",
            mentor_id,
            association,
            criteria,
            0 if held else capacity,
            now,
            held,
        )
        return bool(joined)

    async def set_clearance(self, mentor_id: UUID, until: date | None) -> None:
        """Until when a mentor may accompany minors (None: not at all), new to every pool."""
        await self._connection.execute(
            "UPDATE mentors SET criteria = criteria || jsonb_build_object('cleared',"
            " $2::date IS NOT NULL, 'cleared_until', $2::date),"
            " changed_in = pg_current_xact_id() WHERE mentor_id = $1",
            mentor_id,
            until,
        )

    async def come_of_age(self, mentor_id: UUID) -> None:
        """No birth year: an adult, who may support adults too."""
        await self._connection.execute(
            "UPDATE mentors SET criteria = criteria - 'birth_year',"
            " changed_in = pg_current_xact_id() WHERE mentor_id = $1",
            mentor_id,
        )

    async def give_place_back(self, mentor_id: UUID) -> None:
        """One place is free again, and every pool hears of it."""
        await self._connection.execute(
            "UPDATE mentors SET taken = taken - 1, changed_in = pg_current_xact_id()"
            " WHERE mentor_id = $1",
            mentor_id,
        )

    async def leave(self, mentor_id: UUID, now: datetime) -> None:
        """No place of this mentor is open any more, and every pool hears of it."""
        await self._connection.execute(
            "UPDATE mentors SET left_at = coalesce(left_at, $2), capacity = taken,"
            " held = false, changed_in = pg_current_xact_id() WHERE mentor_id = $1",
            mentor_id,
            now,
        )
