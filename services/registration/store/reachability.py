"""Who can be reached, and by which ways not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.persistence.database import Connection


class Reachability:
    """Ways that are dead, by person and channel; never an address."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note_dead(self, person_id: UUID, channels: Sequence[str], now: datetime) -> None:
        """The person's address was refused for good by these channels."""
        await self._connection.execute(
            "INSERT INTO dead_ways (person_id, channel, since)"
            " SELECT $1, channel, $3 FROM unnest($2::text[]) AS channel ON CONFLICT DO NOTHING",
            person_id,
            list(channels),
            now,
        )

    async def note_alive(self, person_id: UUID, channels: Sequence[str]) -> None:
        """A message left by these channels, or the address is another one now."""
        await self._connection.execute(
            "DELETE FROM dead_ways WHERE person_id = $1 AND channel = ANY ($2)",
            person_id,
            list(channels),
        )

    async def lose(self, person_id: UUID, side: str, now: datetime) -> bool:
        """No way is left; false when that was known."""
        lost = await self._connection.fetchval(
            "INSERT INTO unreachable_people (person_id, side, since) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING RETURNING true",
            person_id,
            side,
            now,
        )
        return bool(lost)

    async def find_again(self, person_id: UUID) -> str | None:
        """A way is open; the side of somebody who had none, else None."""
        side: str | None = await self._connection.fetchval(
            "DELETE FROM unreachable_people WHERE person_id = $1 RETURNING side", person_id
        )
        return side
