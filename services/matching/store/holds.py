"""Holds on newcomers who may be somebody known, and people who are never put together."""

from collections.abc import Sequence
from uuid import UUID

from shared.persistence.database import Connection


class Holds:
    """A hold concerns a request or a mentor. It is lifted once, perhaps before it is heard of."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def is_lifted(self, subject: UUID) -> bool:
        """Whether this hold is lifted already. Whoever lifts it waits until this transaction ends,
        so that neither of the two overlooks the other."""
        await self._lock(subject)
        return bool(
            await self._connection.fetchval(
                "SELECT true FROM lifted_holds WHERE subject = $1", subject
            )
        )

    async def lift(self, subject: UUID) -> None:
        """The request waits with its old date, or the mentor's places are open; pools hear of it.

        Remembered where neither is known yet."""
        await self._lock(subject)
        await self._connection.execute(
            "INSERT INTO lifted_holds (subject) VALUES ($1) ON CONFLICT DO NOTHING", subject
        )
        await self._connection.execute(
            "UPDATE requests SET state = 'waiting', changed_in = pg_current_xact_id(),"
            " heard_at = now() WHERE request_id = $1 AND state = 'held'",
            subject,
        )
        await self._connection.execute(
            "UPDATE mentors SET held = false, capacity = (criteria->>'capacity')::int,"
            " changed_in = pg_current_xact_id() WHERE mentor_id = $1 AND held"
            " AND left_at IS NULL",
            subject,
        )

    async def keep_mentee_apart(self, mentee_id: UUID, mentor_ids: Sequence[UUID]) -> None:
        """These pairs are never made."""
        await self._connection.execute(
            "INSERT INTO kept_apart (mentee_id, mentor_id) SELECT $1, unnest($2::uuid[])"
            " ON CONFLICT DO NOTHING",
            mentee_id,
            list(mentor_ids),
        )

    async def keep_mentor_apart(self, mentor_id: UUID, mentee_ids: Sequence[UUID]) -> None:
        """The same, from the mentor's side."""
        await self._connection.execute(
            "INSERT INTO kept_apart (mentee_id, mentor_id) SELECT unnest($2::uuid[]), $1"
            " ON CONFLICT DO NOTHING",
            mentor_id,
            list(mentee_ids),
        )

    async def _lock(self, subject: UUID) -> None:
        await self._connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('hold:' || $1::text, 0))", str(subject)
        )
