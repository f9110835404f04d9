"""Forward-only migrations of the databases of a service."""

from collections.abc import Collection, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import asyncpg

from shared.persistence.grants import Roles, grant_rights

RUNTIME_MIGRATIONS = "shared.persistence"
_LOCK = 0x62696E6F6D65  # "binome": one migration at a time per database


async def is_migrated(pool: asyncpg.Pool) -> bool:
    """Whether the database answers and holds the tables of a service."""
    return bool(await pool.fetchval("SELECT true FROM migrations LIMIT 1"))


async def migrate(
    url: str,
    package: str,
    further: str = "",
    *,
    roles: Roles | None = None,
    records: Collection[str] = (),
) -> list[str]:
    """Bring a service's database up to date; returns the names of the migrations applied now.

    The runtime's own tables come first, then `<package>/migrations/*.sql` in order of name. Each
    file is one transaction, applied once; several processes may call this together. `further`: the
    folder below `migrations` of a further database, which holds no tables of the runtime. `roles`:
    who is granted what afterwards, where the role of `url` is not the service's own.
    """
    origins = (
        [(package, f"migrations/{further}")]
        if further
        else [(RUNTIME_MIGRATIONS, "migrations"), (package, "migrations")]
    )
    connection = await asyncpg.connect(url, command_timeout=120)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        done = {row["name"] for row in await connection.fetch("SELECT name FROM migrations")}
        applied = [
            await _apply(connection, name, script)
            for origin, folder in origins
            for name, script in _scripts(origin, folder)
            if name not in done
        ]
        if roles:
            await grant_rights(connection, roles, records)
        return applied
    finally:
        await connection.close()


def _scripts(package: str, folder: str) -> Iterator[tuple[str, Traversable]]:
    scripts = files(package).joinpath(folder)
    for script in sorted(scripts.iterdir(), key=lambda entry: entry.name):
        if script.name.endswith(".sql"):
            yield f"{package}/{script.name}", script


async def _apply(connection: Any, name: str, script: Traversable) -> str:
    async with connection.transaction():
        await connection.execute(script.read_text(encoding="utf-8"))
        await connection.execute("INSERT INTO migrations (name) VALUES ($1)", name)
    return name
