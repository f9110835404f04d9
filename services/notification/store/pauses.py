"""Which pairs are paused, as far as their people were told."""

from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection


class Pauses:
    """The latest pause of each pair, known by when it began: its end may come first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self, pair_id: UUID, paused_at: datetime) -> bool:
        """Pause a pair; false when this pause is known or over, or a later one is known."""
        begun = await self._connection.fetchval(
            "INSERT INTO pauses AS p (pair_id, paused_at) VALUES ($1, $2)"
            " ON CONFLICT (pair_id) DO UPDATE SET paused_at = $2, resumed_at = NULL"
            " WHERE p.paused_at < $2 RETURNING true",
            pair_id,
            paused_at,
        )
        return bool(begun)

    async def end(self, pair_id: UUID, paused_at: datetime, now: datetime) -> bool:
        """End the pause that began then, known or not; false when nobody was told of it."""
        notified = await self._connection.fetchval(
            "UPDATE pauses SET resumed_at = $3"
            " WHERE pair_id = $1 AND paused_at <= $2 AND resumed_at IS NULL RETURNING true",
            pair_id,
            paused_at,
            now,
        )
        await self._connection.execute(
            "INSERT INTO pauses AS p (pair_id, paused_at, resumed_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (pair_id) DO UPDATE SET paused_at = $2, resumed_at = $3"
            " WHERE p.paused_at < $2",
            pair_id,
            paused_at,
            now,
        )
        return bool(notified)
