"""A running service: its parts, started in the order of need and stopped in reverse."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TypeVar

import asyncpg
import structlog
from pydantic import BaseModel

from shared.messaging.context import ConsumerContext
from shared.messaging.listener import MessageListener
from shared.messaging.policy import DEFAULT_POLICY, RuntimePolicy
from shared.messaging.publisher import Publisher
from shared.messaging.rpc import RpcClient
from shared.persistence.database import close_pool, open_pool
from shared.persistence.limits import LimitKeys
from shared.persistence.maintenance import run_maintenance
from shared.persistence.outbox import Relay
from shared.persistence.timers import TimerScheduler
from shared.persistence.transaction import Transaction, TransactionFactory
from shared.service.clock import Clock, clock_from
from shared.service.definition import Service
from shared.service.errors import error_fields
from shared.service.metrics import Metrics
from shared.service.settings import SERVICES, Settings
from shared.service.tasks import cancel_and_wait, wait_with_timeout
from shared.web.signed_links import LinkSigner

RESTART_SECONDS = 1.0
A = TypeVar("A", bound=BaseModel)
Loop = Callable[[], Awaitable[None]]

log = structlog.get_logger()


class ServiceProcess:
    """What entrypoints and workers of a service may use. One per process."""

    def __init__(
        self, service: Service, settings: Settings, policy: RuntimePolicy = DEFAULT_POLICY
    ) -> None:
        self.service = service
        self.settings = settings
        self.policy = policy
        self.clock: Clock = clock_from(
            settings.clock_speed, settings.clock_origin, settings.clock_days
        )
        self.bases = {name: settings.base_url(name) for name in SERVICES}
        self.links = LinkSigner(settings.secret_key.get_secret_value(), self.bases)
        self.limit_keys = LimitKeys(settings.secret_key.get_secret_value())
        self.metrics = Metrics(service.name)
        self.stopping = asyncio.Event()
        self.attention: dict[str, dict[str, int]] = {}
        """What was last counted as without a next action, or set aside, by kind."""
        self.pool: asyncpg.Pool
        self.transactions: TransactionFactory
        self.listener: MessageListener
        self.rpc_client: RpcClient

    @property
    def amqp_url(self) -> str:
        """URL of the broker, its secret in it: not for logs."""
        return self.settings.amqp_url.get_secret_value()

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """`async with runtime.begin() as tx:` — a transaction for a page or a worker."""
        return self.transactions.begin()

    async def call(self, queue: str, question: BaseModel, answer: type[A]) -> A:
        """Call an RPC of another service.

        Raises one of `errors.TRANSIENT_ERRORS`; TimeoutError when nobody answers in time.
        """
        return await self.rpc_client.call(queue, question, answer)

    async def call_together(self, queue: str, question: BaseModel, answer: type[A]) -> A:
        """The same for a question that is answered at once: it travels with others that wait."""
        return await self.rpc_client.call_together(queue, question, answer)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ServiceProcess"]:
        """All parts at work; at the end what is in hand is finished before anything closes.

        Neither database nor broker need be there: each part waits for what it needs.
        """
        name, url = self.service.name, self.amqp_url
        async with AsyncExitStack() as stack:
            database_url = self.settings.database_url.get_secret_value()
            self.pool = await open_pool(database_url, command_timeout=self.policy.command_timeout)
            stack.push_async_callback(close_pool, self.pool)
            for resource in self.service.resources:
                await stack.enter_async_context(resource())
            self.transactions = TransactionFactory(name, self.pool, self.clock, self.links)
            self.rpc_client = RpcClient(url, f"{name} asks")
            stack.push_async_callback(self.rpc_client.close)
            self._start_loops(stack)
            # Not the relay's connection: one message that closes its channel is enough.
            publisher = Publisher(url, f"{name} sets aside")
            stack.push_async_callback(publisher.close)
            context = ConsumerContext(name, self.transactions, publisher, self.metrics, self.policy)
            self.listener = MessageListener(self.service, context)
            await stack.enter_async_context(self.listener.consume_messages(url))
            log.info("service.started")
            yield self
            log.info("service.stopping")
        log.info("service.stopped")

    def _start_loops(self, stack: AsyncExitStack) -> None:
        publisher = Publisher(self.amqp_url, f"{self.service.name} publishes")
        stack.push_async_callback(publisher.close)
        relay = Relay(self.pool, publisher, self.metrics)
        scheduler = TimerScheduler(self.transactions, self.service.timers, self.metrics)
        loops: dict[str, Loop] = {
            "relay": lambda: relay.run(self.stopping),
            "timekeeper": lambda: scheduler.run(self.stopping),
            "housekeeping": lambda: run_maintenance(self),
            **{worker.__name__: partial(worker, self) for worker in self.service.workers},
        }
        tasks = [asyncio.create_task(self._run_forever(name, loop)) for name, loop in loops.items()]
        stack.push_async_callback(self._finish, tasks)

    async def _run_forever(self, name: str, loop: Loop) -> None:
        """Run a loop; one that falls, or ends too early, is started again."""
        while not self.stopping.is_set():
            try:
                await loop()
            except Exception as error:  # noqa: BLE001 - whatever ends a loop is logged, and the loop started again
                log.error("worker.failed", kind=name, **error_fields(error))
            await wait_with_timeout(self.stopping, RESTART_SECONDS)

    async def _finish(self, tasks: list[asyncio.Task[None]]) -> None:
        self.stopping.set()
        await asyncio.wait(tasks, timeout=self.policy.shutdown_timeout)
        await cancel_and_wait(*tasks)
