"""Small services of the tests on a real broker, each with a name, so queues, of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
import pytest
from pydantic import SecretStr

from deploy.devstack.servers import Servers
from shared.contracts.events import MeetingConfirmed
from shared.messaging.connection import open_connection
from shared.messaging.names import EVENTS_EXCHANGE, parked_queue
from shared.messaging.policy import RuntimePolicy
from shared.messaging.topology import Topology, declare, topology
from shared.persistence.database import open_pool
from shared.persistence.transaction import Transaction
from shared.service.definition import Handler, Service
from shared.service.errors import TRANSIENT_ERRORS
from shared.service.process import ServiceProcess
from shared.service.settings import Settings
from tests.conftest import Databases, with_database
from tests.support.waiting import until

PACKAGE = "tests.integration.shared"
QUICK = RuntimePolicy(
    retry_delays=(1,),
    retain_seconds=300,
    retain_interval=0.5,
    health_interval=0.5,
    reattach_after=2,
)
"""One delay queue; an outage is waited for as long as a test may last."""


def a_meeting() -> MeetingConfirmed:
    return MeetingConfirmed(pair_id=uuid4(), request_id=uuid4())


async def note(event: MeetingConfirmed, tx: Transaction) -> None:
    """The handler of most tests: its effect can be counted."""
    await tx.connection.execute("INSERT INTO notes VALUES ($1)", event.pair_id)


@dataclass
class Connected:
    """A running service on real servers."""

    service: Service
    runtime: ServiceProcess
    pool: asyncpg.Pool
    amqp_url: str
    database_url: str

    @property
    def queue(self) -> str:
        return f"{self.service.name}.meeting.confirmed"

    @property
    def parked_queue(self) -> str:
        return parked_queue(self.queue)

    def outcomes(self) -> dict[str, int]:
        """How the messages of this process ended, by kind."""
        return {
            sample.labels["outcome"]: int(sample.value)
            for family in self.runtime.metrics.handled.collect()
            for sample in family.samples
            if sample.name.endswith("_total")
        }

    async def state(self, event: MeetingConfirmed) -> None:
        """Emit an event through this service's own outbox."""
        async with self.runtime.begin() as tx:
            tx.publish(event)

    async def publish(self, body: bytes, **headers: Any) -> None:
        """Publish any message to the exchange of events."""
        async with await open_connection(self.amqp_url) as link, link.channel() as channel:
            events = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
            await events.publish(aio_pika.Message(body, headers=dict(headers)), "meeting.confirmed")

    async def publish_event(self, event: MeetingConfirmed, event_id: UUID | None = None) -> None:
        await self.publish(event.model_dump_json().encode(), **{"ce-id": str(event_id or uuid4())})

    async def read_notes(self) -> list[UUID]:
        """Effects of `note` so far, sorted."""
        rows = await self.pool.fetch("SELECT pair_id FROM notes ORDER BY pair_id")
        return [row["pair_id"] for row in rows]

    async def until_noted(self, count: int) -> None:
        async def there() -> bool:
            return len(await self.read_notes()) >= count

        await until(there)

    async def until_ready(self) -> None:
        await until(self.is_attached)

    async def is_attached(self) -> bool:
        try:
            return all((await self.runtime.listener.consumers()).values())
        except TRANSIENT_ERRORS:
            return False

    async def count(self, queue: str) -> int:
        """Messages that wait in a queue."""
        async with await open_connection(self.amqp_url) as link, link.channel() as channel:
            found = await channel.declare_queue(queue, passive=True)
            return found.declaration_result.message_count or 0

    async def wait_for_parked(self, count: int = 1) -> list[aio_pika.abc.AbstractIncomingMessage]:
        """That many messages that were set aside, once they are there."""

        async def there() -> bool:
            return await self.count(self.parked_queue) >= count

        await until(there)
        async with await open_connection(self.amqp_url) as link, link.channel() as channel:
            held = await channel.get_queue(self.parked_queue)
            return [await held.get(no_ack=True) for _ in range(count)]


async def rabbitmqctl(servers: Servers, *arguments: str) -> str:
    """As an operator would; it takes a second or more, so it runs beside the event loop."""
    return await asyncio.to_thread(servers.rabbitmqctl, *arguments)


Gates = tuple[Callable[[str], str], Callable[[str], str]]
NO_GATES: Gates = (str, str)
"""Other ways to broker and database for the service, where the test keeps the straight ones."""

Connect = Callable[..., Awaitable[Connected]]


@pytest.fixture(scope="session")
def vhost(servers: Servers) -> str:
    """URL of a virtual host for these tests alone; each test has queues of its own in it."""
    name = f"test_{uuid4().hex[:12]}"
    servers.rabbitmqctl("add_vhost", name)
    user = servers.amqp_url.split("//")[1].split(":")[0]
    servers.rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
    return with_database(servers.amqp_url, name)


@pytest.fixture
async def connected(vhost: str, databases: Databases) -> AsyncIterator[Connect]:
    """Awaited with a handler: a service that handles `meeting.confirmed` with it.

    `beside`: run a second process of that one, on the same database and queues. `more`: fields
    of its Service.
    """
    async with AsyncExitStack() as stack:

        async def make(
            handler: Handler = note,
            *,
            beside: Connected | None = None,
            policy: RuntimePolicy = QUICK,
            gates: Gates = NO_GATES,
            **more: Any,
        ) -> Connected:
            service = beside.service if beside else a_service(handler, **more)
            url = beside.database_url if beside else await databases.fresh(service)
            if not beside:
                await declare(vhost, topology([service], retry_delays=policy.retry_delays))
                stack.push_async_callback(
                    _remove, vhost, topology([service], retry_delays=policy.retry_delays)
                )
            settings = Settings(
                amqp_url=SecretStr(gates[0](vhost)),
                database_url=SecretStr(gates[1](url)),
                secret_key=SecretStr("only-for-tests-" * 4),
            )
            runtime = ServiceProcess(service, settings, policy)
            await stack.enter_async_context(runtime.running())
            pool = await stack.enter_async_context(await open_pool(url, size=3))
            made = Connected(service, runtime, pool, vhost, url)
            await made.until_ready()
            return made

        yield make


def a_service(handler: Handler = note, **more: Any) -> Service:
    service = Service(
        name=f"small{uuid4().hex[:8]}",
        package=PACKAGE,
        mission="Listens in the tests.",
        subscribes={MeetingConfirmed: handler},
    )
    return replace(service, **more)


async def _remove(url: str, declared: Topology) -> None:
    """Unbind what is left, so that events of the next test do not pile up here."""
    async with await open_connection(url) as link, link.channel() as channel:
        for queue in declared.queues:
            await channel.queue_delete(queue)
