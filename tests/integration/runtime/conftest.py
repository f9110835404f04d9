"""A small service of the tests on a real broker, in a virtual host of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import uuid4

import aio_pika
import asyncpg
import pytest

from deploy.local.servers import Servers
from shared.contracts.events import MeetingConfirmed
from shared.runtime.database import open_pool
from shared.runtime.house import Runtime
from shared.runtime.service import Handler, Service
from shared.runtime.settings import Settings
from shared.runtime.topology import declare, topology
from tests.conftest import Databases, with_database


@dataclass
class Connected:
    """A running service on real servers."""

    service: Service
    runtime: Runtime
    pool: asyncpg.Pool
    amqp_url: str

    async def state(self, fact: MeetingConfirmed) -> None:
        """Emit a fact through this service's own outbox."""
        async with self.runtime.begin() as tx:
            tx.emit(fact)

    async def until(self, condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
        """Wait until something is so; TimeoutError when it never is."""
        async with asyncio.timeout(seconds):
            while not await condition():
                await asyncio.sleep(0.05)

    async def count(self, queue: str) -> int:
        """Messages that wait in a queue."""
        async with await aio_pika.connect(self.amqp_url) as link, link.channel() as channel:
            found = await channel.declare_queue(queue, passive=True)
            return found.declaration_result.message_count or 0


@pytest.fixture
def vhost(servers: Servers) -> str:
    """URL of a virtual host of its own."""
    name = f"test_{uuid4().hex[:12]}"
    servers.rabbitmqctl("add_vhost", name)
    user = servers.amqp_url.split("//")[1].split(":")[0]
    servers.rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
    return with_database(servers.amqp_url, name)


async def note_meeting(event: MeetingConfirmed, tx: object) -> None:
    """Overwritten by the tests."""


LISTENER = Service(
    name="followup",
    package="tests.integration.runtime",
    mission="Listens in the tests.",
    listens={MeetingConfirmed: note_meeting},
)


@pytest.fixture
async def connected(
    vhost: str, databases: Databases
) -> AsyncIterator[Callable[[Handler], Awaitable[Connected]]]:
    """`c = await connected(handler)`: a service that hears `meeting.confirmed` and states it."""
    stack: list[object] = []

    async def make(handler: Handler, url: str | None = None) -> Connected:
        service = replace(LISTENER, listens={MeetingConfirmed: handler})
        await declare(vhost, topology([service]))
        database = url or await databases.fresh(service)
        settings = Settings(amqp_url=vhost, database_url=database)
        runtime = Runtime(service, settings)
        running = runtime.running()
        await running.__aenter__()
        pool = await open_pool(database, size=3)
        stack.extend((running, pool))
        made = Connected(service, runtime, pool, vhost)
        await made.until(lambda: _all_attached(runtime))
        return made

    yield make
    for part in reversed(stack):
        if isinstance(part, asyncpg.Pool):
            await part.close()
        else:
            await part.__aexit__(None, None, None)  # type: ignore[attr-defined]


async def _all_attached(runtime: Runtime) -> bool:
    return all((await runtime.listening.consumers()).values())
