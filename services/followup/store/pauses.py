"""Which pairs are paused, engaged or not yet."""

from datetime import datetime
from uuid import UUID

from shared.runtime.database import Connection


class Pauses:
    """The latest pause of each pair, known by when it began: its end may be heard of first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self, pair_id: UUID, paused_at: datetime) -> None:
        """Pause a pair, unless this pause is over by now or a later one is known."""
        await self._connection.execute(
            "INSERT INTO pauses AS p (pair_id, paused_at) VALUES ($1, $2)"
            " ON CONFLICT (pair_id) DO UPDATE SET paused_at = $2, resumed_at = NULL"
            " WHERE p.paused_at < $2",
            pair_id,
            paused_at,
        )

    async def end(self, pair_id: UUID, paused_at: datetime, now: datetime) -> None:
        """End the pause that began then, heard of or not; a later one goes on."""
        await self._connection.execute(
            "INSERT INTO pauses AS p (pair_id, paused_at, resumed_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (pair_id) DO UPDATE SET paused_at = $2, resumed_at = $3"
            " WHERE p.paused_at <= $2 AND p.resumed_at IS NULL",
            pair_id,
            paused_at,
            now,
        )
