"""One service under test: its real handlers, endpoints and PostgreSQL, without a broker.

Events are handed to it as the runtime would hand them (inbox entry, transaction, handler); what it
publishes is read from its outbox. What a real broker adds is proved in `tests/integration/shared`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from fastapi import FastAPI
from pydantic import BaseModel

from shared.contracts.events import EVENTS, Event
from shared.messaging.correlation import MessageContext
from shared.messaging.envelope import read_event
from shared.messaging.external_queue import read_inbound_message, take_message
from shared.persistence.inbox import claim_message_ids
from shared.persistence.timers import TimerScheduler
from shared.persistence.transaction import TransactionFactory
from shared.service.asgi import build
from shared.service.definition import Service
from shared.service.process import ServiceProcess
from shared.service.settings import load
from tests.support.clock import ManualClock
from tests.support.waiting import PATIENCE


@dataclass
class ServiceHarness:
    """One service with a fresh database. `client` reaches its endpoints at http://test."""

    service: Service
    runtime: ServiceProcess
    pool: asyncpg.Pool
    clock: ManualClock
    client: httpx.AsyncClient
    app: FastAPI
    _read: int = field(default=0)

    async def handle(self, event: Event, event_id: UUID | None = None) -> bool:
        """Deliver an event; false when it was a repeat (same `event_id`) and so ignored."""
        cause = MessageContext(event_id or uuid4(), uuid4())
        async with self.pool.acquire() as connection, connection.transaction():
            consumer = self.service.queue(type(event))
            if not await claim_message_ids(connection, consumer, [cause.event_id]):
                return False
            tx = self.runtime.transactions.wrap(connection, cause)
            await self.service.subscribes[type(event)](event, tx)
            await tx.flush()
        return True

    async def deliver(self, routing_key: str, body: bytes, **headers: Any) -> None:
        """Hand a message from outside to the service's first external queue."""
        cause, message = read_inbound_message(routing_key, headers, body)
        async with self.runtime.transactions.begin(cause) as tx:
            await take_message(self.service.external_queues[0], message, tx)

    async def answer(self, queue: str, question: BaseModel) -> Any:
        """Call an RPC endpoint."""
        async with self.runtime.begin() as tx:
            return await self.service.rpc_endpoints[queue].handler(question, tx)

    async def fire_due(self) -> int:
        """Fire every timer that is due; returns how many did. A failing one fails the test."""
        fired = 0
        while await self._next_fires():
            fired += 1
        return fired

    async def _next_fires(self) -> bool:
        scheduler = TimerScheduler(
            self.runtime.transactions, self.service.timers, self.runtime.metrics
        )
        before = await self.pool.fetchval("SELECT coalesce(sum(attempts), 0) FROM timers")
        fired = await scheduler.fire_next()
        after = await self.pool.fetchval("SELECT coalesce(sum(attempts), 0) FROM timers")
        assert after <= before, "a timer failed; see the log above"
        return fired

    async def fetch_row(self, query: str, *arguments: object) -> asyncpg.Record:
        """The first row of a query; a test that finds none fails."""
        row = await self.pool.fetchrow(query, *arguments)
        assert row is not None, query
        return row

    async def take_events(self) -> list[Event]:
        """Events published since the last call, in order."""
        return [
            read_event(EVENTS[row["routing_key"]], row["body"].encode())
            for row in await self.read_outbox()
            if row["routing_key"] in EVENTS
        ]

    async def read_outbox(self) -> list[asyncpg.Record]:
        """Everything put into the outbox since the last call, refusals to partners too."""
        rows = await self.pool.fetch("SELECT * FROM outbox WHERE id > $1 ORDER BY id", self._read)
        self._read = max((row["id"] for row in rows), default=self._read)
        return list(rows)


HarnessFactory = Callable[[Service], Awaitable[ServiceHarness]]
"""What the fixture `make_harness` is: from a service to that service with a fresh database."""


async def set_up(service: Service, pool: asyncpg.Pool, clock: ManualClock) -> ServiceHarness:
    """Set a service up for a test; settings come from the environment (see conftest)."""
    settings = load(service.settings, service.name)
    app = build(service, settings)
    runtime: ServiceProcess = app.state.runtime
    runtime.clock = clock
    runtime.pool = pool
    runtime.transactions = TransactionFactory(
        service.name, pool, clock, runtime.links, acquire_timeout=PATIENCE
    )
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, raise_app_exceptions=True), base_url="http://test"
    )
    return ServiceHarness(service, runtime, pool, clock, client, app)
