"""The connection pool of a service."""

import asyncio
import json
from typing import Any

import asyncpg

Record = asyncpg.Record

ACQUIRE_SECONDS = 10
"""For a free connection of the pool, and for opening one."""
COMMAND_SECONDS = 30
"""For one command of a service."""
_SESSION = {"jit": "off"}
"""No statement of a service runs long enough to pay for being compiled."""


async def open_pool(
    url: str, size: int = 16, command_timeout: float = COMMAND_SECONDS
) -> asyncpg.Pool:
    """A pool whose json columns are Python objects; every command has a time limit in seconds.

    It connects when first needed, so a database that is away does not keep a service from
    starting. Size: relay, listener, timers, housekeeping and a group per queue hold one each.
    """
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        timeout=ACQUIRE_SECONDS,
        command_timeout=command_timeout,
        server_settings=_SESSION,
        init=_speak_json,
        reset=_reset_session,
    )


async def close_pool(pool: asyncpg.Pool, seconds: float = 3.0) -> None:
    """Close a pool once its connections are given back, or without that when they are not."""
    try:
        async with asyncio.timeout(seconds):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def _reset_session(connection: Any) -> None:
    """Nothing of a session outlives its use here: no lock, cursor or setting that is not the
    transaction's. So a round trip is spent only where a transaction was left open."""
    if connection.is_in_transaction():
        await connection.reset()


async def _speak_json(connection: Any) -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind, encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
        )
