"""What was stopped: requests that were withdrawn, pairs that will not be or were undone."""

from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection

_CANCEL = """
UPDATE messages SET state = 'cancelled', settled_at = $2, lease_until = NULL
WHERE (state IN ('created', 'temporary-failure') OR state = 'sending' AND handed_at IS NULL)
  AND (request_id = $1 OR pair_id = $1
       OR pair_id IN (SELECT pair_id FROM introductions WHERE request_id = $1))
"""
_STOP_PAIRS_OF = """
INSERT INTO stopped_pairs (pair_id, stopped_at)
SELECT pair_id, $2 FROM introductions WHERE request_id = $1 ON CONFLICT DO NOTHING
"""


async def lock_subjects(connection: Connection, *subjects: UUID | None) -> None:
    """Whoever tells something about a request or a pair, and whoever stops it, see each other."""
    known = sorted(str(subject) for subject in subjects if subject)
    if known:
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(subject, 0))"
            " FROM unnest($1::text[]) AS subject",
            known,
        )


class Stops:
    """What had not left does not leave, and nothing more is told, in whatever order events come."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def stop_request(self, request_id: UUID, now: datetime) -> None:
        """Nothing more about a request, nor about its pairs."""
        await lock_subjects(self._connection, request_id)
        await self._connection.execute(
            "INSERT INTO withdrawn_requests (request_id, withdrawn_at) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            request_id,
            now,
        )
        await self._connection.execute(_STOP_PAIRS_OF, request_id, now)
        await self._connection.execute(_CANCEL, request_id, now)

    async def stop_pair(self, pair_id: UUID, now: datetime) -> None:
        """Nothing more about a pair."""
        await lock_subjects(self._connection, pair_id)
        await self._connection.execute(
            "INSERT INTO stopped_pairs (pair_id, stopped_at) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            pair_id,
            now,
        )
        await self._connection.execute(_CANCEL, pair_id, now)
