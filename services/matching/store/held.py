"""What matching holds about a person."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection
from shared.persistence.held_rows import rows_about

_OF_HOLDS = ("kept_apart", "holds", "latest_changes")


class Held:
    """For the person's own export. Stored rounds are not read through: they hold a copy of the
    criteria of everybody who waited or had a place on that day. Holds are not shown: they would
    tell a stranger that somebody is known."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def about(self, ids: Collection[UUID]) -> dict[str, list[dict[str, Any]]]:
        """Rows by table; of a proposition what this person was asked and answered."""
        tables = await rows_about(self._connection, ids, _OF_HOLDS)
        for mentor in tables.get("mentors", ()):
            if mentor.pop("held"):
                mentor["capacity"] = mentor["criteria"]["capacity"]
        for request in tables.get("requests", ()):
            request["state"] = "waiting" if request["state"] == "held" else request["state"]
        answers = await self._connection.fetch(
            "SELECT to_jsonb(a) - 'fingerprint' AS row FROM proposition_answers a"
            " JOIN pairs p USING (pair_id) WHERE CASE a.side WHEN 'mentee' THEN p.mentee_id"
            " ELSE p.mentor_id END = ANY ($1) ORDER BY 1",
            [*ids],
        )
        if answers:
            tables["proposition_answers"] = [row["row"] for row in answers]
        return tables
