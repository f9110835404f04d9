"""Which pairs are paused, engaged or not yet."""

from datetime import datetime
from uuid import UUID

from shared.runtime.database import Connection


class Pauses:
    """A pair is paused from one fact to another; it may be paused again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self, pair_id: UUID, now: datetime) -> None:
        await self._connection.execute(
            "INSERT INTO pauses (pair_id, paused_at) VALUES ($1, $2)"
            " ON CONFLICT (pair_id) DO UPDATE SET paused_at = $2, resumed_at = NULL",
            pair_id,
            now,
        )

    async def end(self, pair_id: UUID, now: datetime) -> None:
        await self._connection.execute(
            "UPDATE pauses SET resumed_at = $2 WHERE pair_id = $1 AND resumed_at IS NULL",
            pair_id,
            now,
        )
