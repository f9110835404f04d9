"""Who can be reached, and by which ways not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection, PlainConnection, share_change, share_statement
from shared.persistence.columns import columns


class Reachability:
    """Ways that are dead, by person and channel; never an address."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note_dead(self, person_id: UUID, channels: Sequence[str], now: datetime) -> None:
        """The person's address was refused for good by these channels."""
        for channel in channels:
            await _add_dead_way(self._connection, (person_id, channel, now))

    async def note_alive(self, person_id: UUID, channels: Sequence[str]) -> None:
        """A message left by these channels, or the address is another one now."""
        await _delete_dead_ways(self._connection, [(person_id, channel) for channel in channels])

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
        return await _find_again(self._connection, person_id)


@share_change
async def _add_dead_way(
    connection: PlainConnection, ways: Sequence[tuple[UUID, str, datetime]]
) -> None:
    await connection.execute(
        "INSERT INTO dead_ways (person_id, channel, since)"
        " SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) ON CONFLICT DO NOTHING",
        *columns(ways),
    )


@share_change
async def _delete_dead_ways(
    connection: PlainConnection, many: Sequence[Sequence[tuple[UUID, str]]]
) -> None:
    ways = [way for ways in many for way in ways]
    if ways:
        await connection.execute(
            "DELETE FROM dead_ways WHERE (person_id, channel) IN"
            " (SELECT * FROM unnest($1::uuid[], $2::text[]))",
            *columns(ways),
        )


@share_statement
async def _find_again(
    connection: PlainConnection, person_ids: Sequence[UUID]
) -> Sequence[str | None]:
    rows = await connection.fetch(
        "DELETE FROM unreachable_people WHERE person_id = ANY($1) RETURNING person_id, side",
        list(set(person_ids)),
    )
    sides = {row["person_id"]: row["side"] for row in rows}
    return [sides.get(person_id) for person_id in person_ids]
