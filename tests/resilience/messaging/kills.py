"""A server that is killed and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.devstack.servers import Servers


@asynccontextmanager
async def broker_away(servers: Servers) -> AsyncIterator[None]:
    """kill -9 at the beginning, started again at the end."""
    await asyncio.to_thread(servers.kill_broker)
    try:
        yield
    finally:
        await asyncio.to_thread(servers.start_broker)


@asynccontextmanager
async def database_away(servers: Servers) -> AsyncIterator[None]:
    """The same for PostgreSQL."""
    await asyncio.to_thread(servers.kill_postgres)
    try:
        yield
    finally:
        await asyncio.to_thread(servers.start_postgres)
