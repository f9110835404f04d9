"""Partner systems: who may send, and what was turned away."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.persistence.batch import Connection, PlainConnection, share_statement


class Partners:
    """Names and hashed keys; a key itself is shown once and never kept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, name: str, key_hash: bytes, now: datetime) -> bool:
        """False when there is a partner of that name already."""
        done: str = await self._connection.execute(
            "INSERT INTO partners (name, key_hash, created_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (name) DO NOTHING",
            name,
            key_hash,
            now,
        )
        return done.endswith("1")

    async def change_key(self, name: str, key_hash: bytes) -> bool:
        """A new key makes the old one worthless at once; false for an unknown partner."""
        done: str = await self._connection.execute(
            "UPDATE partners SET key_hash = $2 WHERE name = $1", name, key_hash
        )
        return done.endswith("1")

    async def with_key(self, key_hash: bytes) -> str | None:
        """Name of the partner with that key's hash; None for nobody."""
        name: str | None = await self._connection.fetchval(
            "SELECT name FROM partners WHERE key_hash = $1", key_hash
        )
        return name

    async def exists(self, name: str) -> bool:
        """Whether there is a partner of that name."""
        return await _exists(self._connection, name)

    async def names(self) -> list[str]:
        """Names of all partners, in alphabetical order."""
        rows = await self._connection.fetch("SELECT name FROM partners ORDER BY name")
        return [row["name"] for row in rows]


@share_statement
async def _exists(connection: PlainConnection, names: Sequence[str]) -> Sequence[bool]:
    rows = await connection.fetch(
        "SELECT name FROM partners WHERE name = ANY($1)", list(set(names))
    )
    known = {row["name"] for row in rows}
    return [name in known for name in names]


class Refusals:
    """A count of what was turned away and why, without anything of the person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(
        self, now: datetime, door: str, side: str, reasons: Iterable[str], partner: str | None
    ) -> None:
        """`reasons`: `field.code` each."""
        await self._connection.execute(
            "INSERT INTO refusals (refused_at, door, partner, side, reasons)"
            " VALUES ($1, $2, $3, $4, $5)",
            now,
            door,
            partner,
            side,
            list(reasons),
        )
