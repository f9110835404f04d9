"""Why requests have no mentor yet: the latest that matching published of each."""

from uuid import UUID

from services.registration.domain.explanation import Explained
from shared.persistence.batch import Connection

_NOTE = """
INSERT INTO explanations (request_id, kind, gate, permitted, change, mentors, explained_at)
SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT FROM requests WHERE id = $1)
ON CONFLICT (request_id) DO UPDATE SET
    kind = excluded.kind, gate = excluded.gate, permitted = excluded.permitted,
    change = excluded.change, mentors = excluded.mentors, explained_at = excluded.explained_at
WHERE explanations.explained_at < excluded.explained_at
"""


class Explanations:
    """One row per request; an older explanation never replaces a newer one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note(self, request_id: UUID, entry: Explained) -> None:
        """Keep what matching published, unless something newer is known or the request is gone."""
        await self._connection.execute(
            _NOTE,
            request_id,
            entry.kind,
            entry.gate,
            entry.permitted,
            entry.change,
            entry.mentors,
            entry.explained_at,
        )

    async def of_request(self, request_id: UUID) -> Explained | None:
        """The newest explanation of a request; None before there is one."""
        row = await self._connection.fetchrow(
            "SELECT kind, gate, permitted, change, mentors, explained_at FROM explanations"
            " WHERE request_id = $1",
            request_id,
        )
        return Explained(**row) if row else None
