"""The keys of people, in a database of their own.

A key is written before the person it belongs to is committed, so that nobody is ever kept whom no
key opens; a key whose person never came (a transaction undone) is harmless and swept later.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg

from shared.persistence.columns import columns
from shared.persistence.database import ACQUIRE_SECONDS, close_pool, open_pool
from shared.persistence.shared_calls import SharedCalls
from shared.service.errors import is_transient

POOL_SIZE = 4
"""Each use is one short statement."""


class Keys:
    """Wrapped keys by person. It connects when first used, once for each event loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[asyncpg.Pool]] = (
            WeakKeyDictionary()
        )
        self._adding = SharedCalls(self._add_all, is_transient)
        self._reading = SharedCalls(self._read_all, is_transient)

    async def add(self, person_id: UUID, wrapped_key: bytes) -> None:
        """Keep the key of a new person. Raises UniqueViolationError when there is one already."""
        await self._adding.call((person_id, wrapped_key))

    async def add_missing(self, keys: Mapping[UUID, bytes]) -> None:
        """Keep keys that came from elsewhere; those that are here stay as they are."""
        async with (await self._pool()).acquire(timeout=ACQUIRE_SECONDS) as connection:
            await connection.execute(
                "INSERT INTO person_keys (person_id, wrapped_key)"
                " SELECT * FROM unnest($1::uuid[], $2::bytea[]) ON CONFLICT DO NOTHING",
                [*keys],
                [*keys.values()],
            )

    async def of(self, person_ids: Collection[UUID]) -> dict[UUID, bytes]:
        """The keys of these people, in one round trip; whoever was erased is missing."""
        if not person_ids:
            return {}
        return await self._reading.call(frozenset(person_ids))

    async def delete(self, person_ids: Collection[UUID]) -> int:
        """Erase these people: returns how many keys there were."""
        async with (await self._pool()).acquire(timeout=ACQUIRE_SECONDS) as connection:
            done = await connection.execute(
                "DELETE FROM person_keys WHERE person_id = ANY($1)", [*person_ids]
            )
        return int(done.split()[-1])

    async def older_than(self, age: timedelta, after: UUID, limit: int) -> list[UUID]:
        """People with a key of at least this age, in the order of their ids, `limit` at a time."""
        async with (await self._pool()).acquire(timeout=ACQUIRE_SECONDS) as connection:
            rows = await connection.fetch(
                "SELECT person_id FROM person_keys WHERE made_at < now() - $1::interval"
                " AND person_id > $2 ORDER BY person_id LIMIT $3",
                age,
                after,
                limit,
            )
        return [row["person_id"] for row in rows]

    async def close(self) -> None:
        """Close the connections of this event loop; the next use opens new ones."""
        opening = self._pools.pop(asyncio.get_running_loop(), None)
        if opening is not None:
            await close_pool(await opening)

    async def _add_all(self, keys: Sequence[tuple[UUID, bytes]]) -> Sequence[None]:
        async with (await self._pool()).acquire(timeout=ACQUIRE_SECONDS) as connection:
            await connection.execute(
                "INSERT INTO person_keys (person_id, wrapped_key)"
                " SELECT * FROM unnest($1::uuid[], $2::bytea[])",
                *columns(keys),
            )
        return [None] * len(keys)

    async def _read_all(self, wanted: Sequence[frozenset[UUID]]) -> Sequence[dict[UUID, bytes]]:
        async with (await self._pool()).acquire(timeout=ACQUIRE_SECONDS) as connection:
            rows = await connection.fetch(
                "SELECT person_id, wrapped_key FROM person_keys WHERE person_id = ANY($1)",
                [*frozenset().union(*wanted)],
            )
        keys = {row["person_id"]: row["wrapped_key"] for row in rows}
        return [{one: keys[one] for one in people if one in keys} for people in wanted]

    async def _pool(self) -> asyncpg.Pool:
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            self._pools[loop] = loop.create_task(open_pool(self._url, POOL_SIZE))
        # Whoever is cancelled while it opens must not take it away from the others.
        return await asyncio.shield(self._pools[loop])
