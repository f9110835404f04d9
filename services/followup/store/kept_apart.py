"""Young people and mentors of whom it was found that they are reached at one contact, or that one
guards or coordinates the other."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.types import Side
from shared.persistence.batch import Connection

_KEEP = """
INSERT INTO kept_apart (mentee_id, mentor_id)
SELECT mentee_id, mentor_id FROM (
    SELECT CASE WHEN $3 = 'mentee' THEN $1 ELSE other END AS mentee_id,
           CASE WHEN $3 = 'mentee' THEN other ELSE $1 END AS mentor_id
    FROM unnest($2::uuid[]) AS other) found
WHERE NOT EXISTS (SELECT FROM erased_people WHERE person_id IN (mentee_id, mentor_id))
ON CONFLICT DO NOTHING
"""


class KeptApart:
    """Remembers them, for a pair that comes later."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(self, person_id: UUID, side: Side, others: Sequence[UUID]) -> list[UUID]:
        """Remember it; the engagements between them that are not over. Whoever begins an engagement
        of this person waits until the commit, so that neither overlooks the other."""
        await self._connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", str(person_id)
        )
        await self._connection.execute(_KEEP, person_id, list(others), side)
        rows = await self._connection.fetch(
            "SELECT engagement_id FROM engagements WHERE ended_at IS NULL AND CASE WHEN $3 ="
            " 'mentee' THEN mentee_id = $1 AND mentor_id = ANY ($2)"
            " ELSE mentor_id = $1 AND mentee_id = ANY ($2) END ORDER BY 1",
            person_id,
            list(others),
            side,
        )
        return [row["engagement_id"] for row in rows]

    async def are_apart(self, mentee_id: UUID, mentor_id: UUID) -> bool:
        """Whether it was found of these two."""
        apart = await self._connection.fetchval(
            "SELECT true FROM kept_apart WHERE mentee_id = $1 AND mentor_id = $2",
            mentee_id,
            mentor_id,
        )
        return bool(apart)

    async def forget(self, person_id: UUID) -> None:
        """Somebody is erased."""
        await self._connection.execute(
            "DELETE FROM kept_apart WHERE mentee_id = $1 OR mentor_id = $1", person_id
        )
