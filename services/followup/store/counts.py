"""Figures for metrics, counted from what is kept: true after a restart and for every replica."""

from collections.abc import Sequence

from shared.persistence.batch import Connection

UNATTENDED = """
SELECT count(*) FROM engagements e WHERE e.ended_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM timers t
    WHERE t.kind IN ('ask_month', 'close_term') AND t.key = e.engagement_id::text)
"""
"""Engagements that run and that no timer will ever come back to: always 0."""

Count = tuple[str, str, int]


class Counts:
    """Each method gives (first label, second label, how many)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def checkins(self) -> Sequence[Count]:
        """By kind: asked, and then each answer given."""
        return await self._read(
            "SELECT kind, outcome, count(*) FROM ("
            " SELECT kind, 'asked' AS outcome FROM checkins"
            " UNION ALL SELECT kind, answer FROM checkins WHERE answer IS NOT NULL) AS told"
            " GROUP BY kind, outcome"
        )

    async def alerts(self) -> Sequence[Count]:
        """By reason: open and handled."""
        return await self._read(
            "SELECT reason, CASE WHEN handled_at IS NULL THEN 'open' ELSE 'handled' END,"
            " count(*) FROM alerts GROUP BY 1, 2"
        )

    async def engagements(self) -> Sequence[Count]:
        """By state: running or ended, and why ended."""
        return await self._read(
            "SELECT CASE WHEN ended_at IS NULL THEN 'running' ELSE 'ended' END,"
            " coalesce(end_reason, ''), count(*) FROM engagements GROUP BY 1, 2"
        )

    async def _read(self, query: str) -> Sequence[Count]:
        rows = await self._connection.fetch(query)
        return [(row[0], row[1], row[2]) for row in rows]
