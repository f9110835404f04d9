"""Which pairs are paused, engaged or not yet."""

from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection


class Pauses:
    """The latest pause of each pair, known by when it began: its end may come first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(
        self, pair_id: UUID, paused_at: datetime, ends_at: datetime | None = None
    ) -> None:
        """Pause a pair, unless this pause is over by now or a later one is known."""
        await self._connection.execute(
            "INSERT INTO pauses AS p (pair_id, paused_at, ends_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (pair_id) DO UPDATE SET paused_at = $2, ends_at = $3, resumed_at = NULL"
            " WHERE p.paused_at < $2",
            pair_id,
            paused_at,
            ends_at,
        )

    async def goes_on(self, pair_id: UUID, paused_at: datetime) -> bool:
        """Whether this very pause lasts, of a pair that is not over."""
        lasts = await self._connection.fetchval(
            "SELECT true FROM pauses p WHERE pair_id = $1 AND paused_at = $2 AND resumed_at IS NULL"
            " AND NOT EXISTS (SELECT FROM undone_pairs u WHERE u.pair_id = p.pair_id)"
            " AND NOT EXISTS (SELECT FROM engagements e"
            " WHERE e.pair_id = p.pair_id AND e.ended_at IS NOT NULL)",
            pair_id,
            paused_at,
        )
        return bool(lasts)

    async def end(self, pair_id: UUID, paused_at: datetime, now: datetime) -> None:
        """End the pause that began then, known or not; a later one goes on."""
        await self._connection.execute(
            "INSERT INTO pauses AS p (pair_id, paused_at, resumed_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (pair_id) DO UPDATE SET paused_at = $2, resumed_at = $3"
            " WHERE p.paused_at <= $2 AND p.resumed_at IS NULL",
            pair_id,
            paused_at,
            now,
        )
