"""Erasures and the receipts of the services."""

from datetime import date, datetime
from uuid import UUID

from shared.runtime.database import Connection, Record


class Erasures:
    """What was asked, from which day it is final, and who has done their part."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ask(
        self, person_id: UUID, side: str, asked_by: str, now: datetime, final_on: date
    ) -> None:
        """Write down that a person is to be erased; asking again changes nothing."""
        await self._connection.execute(
            "INSERT INTO erasures (person_id, side, asked_by, asked_at, final_on)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person_id) DO NOTHING",
            *(person_id, side, asked_by, now, final_on),
        )

    async def keep_receipt(self, person_id: UUID, service: str, now: datetime) -> None:
        """A service has done its part; the first day counts."""
        await self._connection.execute(
            "INSERT INTO erasure_receipts (person_id, service, done_at) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            *(person_id, service, now),
        )

    async def with_id(self, person_id: UUID) -> Record | None:
        """The erasure of a person, with `receipts`: service → when it was done."""
        return await self._connection.fetchrow(
            "SELECT e.*, (SELECT coalesce(jsonb_object_agg(service, done_at), '{}')"
            " FROM erasure_receipts r WHERE r.person_id = e.person_id) AS receipts"
            " FROM erasures e WHERE person_id = $1",
            person_id,
        )
