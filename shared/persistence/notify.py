"""PostgreSQL's NOTIFY as a wake-up call: whoever listens also polls, so a lost one does no harm."""

import asyncio
from collections.abc import Callable

import asyncpg
import structlog

from shared.service.errors import DATABASE_ERRORS, error_fields

RETRY_SECONDS = 1.0

log = structlog.get_logger()


async def listen(pool: asyncpg.Pool, channel: str, woken: Callable[..., None]) -> None:
    """Call `woken` at each NOTIFY, for ever; a lost connection is opened again."""
    while True:
        try:
            await _listen_once(pool, channel, woken)
        except DATABASE_ERRORS as error:
            log.warning("listener.lost", **error_fields(error))
        await asyncio.sleep(RETRY_SECONDS)


async def _listen_once(pool: asyncpg.Pool, channel: str, woken: Callable[..., None]) -> None:
    async with pool.acquire() as connection:
        closed = asyncio.Event()

        def close(_: object) -> None:
            closed.set()

        connection.add_termination_listener(close)
        await connection.add_listener(channel, woken)
        woken()  # for what came while nobody listened
        try:
            await closed.wait()
        finally:
            if not connection.is_closed():
                connection.remove_termination_listener(close)
                await connection.remove_listener(channel, woken)
