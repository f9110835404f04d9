"""What follow-up holds about a person."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection
from shared.persistence.held_rows import rows_about


class Held:
    """For the person's own export: what they were asked and answered, never what the other did, nor
    who was kept apart: that would tell a stranger that somebody is known."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def about(self, ids: Collection[UUID]) -> dict[str, list[dict[str, Any]]]:
        """Rows by table."""
        tables = await rows_about(self._connection, ids, ("kept_apart",))
        checkins = await self._connection.fetch(
            "SELECT to_jsonb(c) - 'fingerprint' AS row FROM checkins c"
            " JOIN engagements e USING (engagement_id) WHERE CASE c.side WHEN 'mentee'"
            " THEN e.mentee_id ELSE e.mentor_id END = ANY ($1) ORDER BY 1",
            [*ids],
        )
        if checkins:
            tables["checkins"] = [row["row"] for row in checkins]
        return tables
