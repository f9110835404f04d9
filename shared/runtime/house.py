"""A running service: its parts, started in the order of need and stopped in reverse."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

import asyncpg
import structlog
from pydantic import BaseModel

from shared.runtime.clock import Clock, clock_from
from shared.runtime.database import open_pool
from shared.runtime.desk import Desk
from shared.runtime.faults import UNREACHABLE, described
from shared.runtime.housekeeping import keep_house
from shared.runtime.links import Links
from shared.runtime.listening import Listening
from shared.runtime.metrics import Metrics
from shared.runtime.outbox import Relay
from shared.runtime.publisher import Publisher
from shared.runtime.service import Service
from shared.runtime.settings import SERVICES, Settings
from shared.runtime.timers import Timekeeper
from shared.runtime.transaction import Transactions

START_PAUSE_SECONDS = 1.0
A = TypeVar("A", bound=BaseModel)

log = structlog.get_logger()


class Runtime:
    """What doors and workers of a service may use. One per process."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.clock: Clock = clock_from(
            settings.clock_speed, settings.clock_origin, settings.clock_days
        )
        self.bases = {name: settings.base_url(name) for name in SERVICES}
        self.links = Links(settings.secret_key.get_secret_value(), self.bases)
        self.metrics = Metrics(service.name)
        self.stopping = asyncio.Event()
        self.pool: asyncpg.Pool
        self.transactions: Transactions
        self.listening: Listening
        self.desk: Desk

    @property
    def amqp_url(self) -> str:
        return self.settings.amqp_url.get_secret_value()

    def begin(self) -> Any:
        """`async with runtime.begin() as tx:` — a transaction for a door or a worker."""
        return self.transactions.begin()

    async def ask(self, queue: str, question: BaseModel, answer: type[A]) -> A:
        """Put a restricted question to another service. Raises TimeoutError without an answer."""
        return await self.desk.ask(queue, question, answer)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Runtime"]:
        """All parts at work; at the end what is in hand is finished before anything closes."""
        async with AsyncExitStack() as stack:
            self.pool = await self._patiently(
                lambda: open_pool(self.settings.database_url.get_secret_value())
            )
            stack.push_async_callback(self.pool.close)
            self.transactions = Transactions(self.service.name, self.pool, self.clock, self.links)
            publisher = Publisher(self.amqp_url, f"{self.service.name} publishes")
            stack.push_async_callback(publisher.close)
            self.desk = Desk(self.amqp_url)
            stack.push_async_callback(self.desk.close)
            await self._start_work(stack, publisher)
            self.listening = Listening(self.service, self.transactions, publisher, self.metrics)
            await stack.enter_async_context(self.listening.attached(self.amqp_url))
            log.info("service.started")
            yield self
            log.info("service.stopping")

    async def _start_work(self, stack: AsyncExitStack, publisher: Publisher) -> None:
        relay = Relay(self.pool, publisher, self.metrics)
        keeper = Timekeeper(self.transactions, self.service.timers, self.metrics)
        loops: list[Coroutine[Any, Any, None]] = [
            relay.run(self.stopping),
            keeper.run(self.stopping),
            keep_house(self),
            *(_for_ever(worker, self) for worker in self.service.workers),
        ]
        tasks = [asyncio.create_task(loop) for loop in loops]
        stack.push_async_callback(self._finish, tasks)

    async def _finish(self, tasks: list[asyncio.Task[None]]) -> None:
        self.stopping.set()
        _, late = await asyncio.wait(tasks, timeout=20)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _patiently(self, open_it: Callable[[], Awaitable[asyncpg.Pool]]) -> asyncpg.Pool:
        while True:
            try:
                return await open_it()
            except UNREACHABLE as error:
                log.warning("database.unreachable", **described(error))
                await asyncio.sleep(START_PAUSE_SECONDS)


async def _for_ever(worker: Callable[[Runtime], Awaitable[None]], runtime: Runtime) -> None:
    """Run a worker; one that falls is started again, until the service stops."""
    while not runtime.stopping.is_set():
        try:
            await worker(runtime)
        except Exception as error:
            log.error("worker.failed", kind=worker.__name__, **described(error))
            await asyncio.sleep(START_PAUSE_SECONDS)
