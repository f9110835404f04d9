"""Consuming: each delivery ends acknowledged after its commit, on the retry ladder, or parked.

While deliveries wait, they are worked off together in one transaction (group commit); when one of
them fails, each is tried alone, so a bad one never spoils its neighbours.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Any

import structlog
from faststream.rabbit import RabbitMessage

from shared.runtime.envelope import ATTEMPT, REASON, Cause, Unreadable
from shared.runtime.faults import UNREACHABLE, described, where
from shared.runtime.metrics import Metrics
from shared.runtime.publisher import Publisher
from shared.runtime.topology import LADDER, parking, retry_exchange
from shared.runtime.transaction import Transaction, Transactions, new_receipts

GROUP = 50
HOLD_SECONDS = 600
"""How long a delivery waits in hand for a database that is away, before it takes the ladder."""
HOLD_STEP_SECONDS = 2

log = structlog.get_logger()

Work = Callable[[Any, Transaction], Awaitable[None]]
Read = Callable[[RabbitMessage], tuple[Cause, Any]]
"""Identity and content of a message; raises Unreadable."""


@dataclass(eq=False)
class Delivery:
    """A readable message in hand, and the future that tells when it is committed."""

    cause: Cause
    content: Any
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.Future())


class Subscription:
    """One queue with its reader and its handler."""

    def __init__(
        self,
        service: str,
        queue: str,
        read: Read,
        work: Work,
        transactions: Transactions,
        publisher: Publisher,
        metrics: Metrics,
    ) -> None:
        self.queue = queue
        self._service = service
        self._read = read
        self._work = work
        self._transactions = transactions
        self._publisher = publisher
        self._metrics = metrics
        self._waiting: asyncio.Queue[Delivery] = asyncio.Queue()

    async def receive(self, message: RabbitMessage) -> None:
        """Bring one message to an end. It is acknowledged only after that end is safe."""
        started = perf_counter()
        try:
            outcome = await self._settle(message)
        except UNREACHABLE as error:
            log.warning("message.unsettled", queue=self.queue, **described(error))
            await asyncio.sleep(HOLD_STEP_SECONDS)
            await message.nack(requeue=True)
            return
        await message.ack()
        self._metrics.handled.labels(self.queue, outcome).inc()
        self._metrics.handling.labels(self.queue).observe(perf_counter() - started)

    async def _settle(self, message: RabbitMessage) -> str:
        try:
            cause, content = self._read(message)
        except Unreadable as fault:
            return await self._park(message, str(fault))
        with structlog.contextvars.bound_contextvars(
            correlation_id=str(cause.correlation_id), event_id=str(cause.event_id)
        ):
            return await self._work_off(message, cause, content)

    async def _work_off(self, message: RabbitMessage, cause: Cause, content: Any) -> str:
        waited = 0
        while True:
            delivery = Delivery(cause, content)
            await self._waiting.put(delivery)
            try:
                await delivery.done
            except UNREACHABLE as error:
                if waited >= HOLD_SECONDS:
                    return await self._climb(message, error, counts=False)
                waited += HOLD_STEP_SECONDS
                await asyncio.sleep(HOLD_STEP_SECONDS)
            except Unreadable as fault:
                return await self._park(message, str(fault))
            except Exception as error:
                return await self._climb(message, error, counts=True)
            else:
                return "done"

    async def work(self) -> None:
        """Work off what waits, for ever. One such loop runs per subscription."""
        while True:
            group = [await self._waiting.get()]
            while len(group) < GROUP and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            try:
                await self._commit(group)
            except Exception as error:
                await self._one_by_one(group, error)

    async def _one_by_one(self, group: Sequence[Delivery], error: Exception) -> None:
        if len(group) == 1:
            _fail(group[0], error)
            return
        for delivery in group:
            try:
                await self._commit([delivery])
            except Exception as fault:
                _fail(delivery, fault)

    async def _commit(self, group: Sequence[Delivery]) -> None:
        pool = self._transactions.pool
        async with pool.acquire() as connection, connection.transaction():
            ids = [delivery.cause.event_id for delivery in group]
            fresh = await new_receipts(connection, self.queue, ids)
            for delivery in group:
                if delivery.cause.event_id not in fresh:
                    continue
                fresh.discard(delivery.cause.event_id)
                tx = self._transactions.on(connection, delivery.cause)
                await self._work(delivery.content, tx)
                await tx.flush()
        for delivery in group:
            if not delivery.done.done():
                delivery.done.set_result(None)

    async def _climb(self, message: RabbitMessage, error: Exception, *, counts: bool) -> str:
        attempt = _attempt(message) + (1 if counts else 0)
        log.warning("message.failed", queue=self.queue, attempt=attempt, **described(error))
        if attempt > len(LADDER):
            return await self._park(message, f"{type(error).__name__} at {where(error)}")
        seconds = LADDER[max(attempt, 1) - 1]
        pause = timedelta(seconds=seconds * random.uniform(1.0, 1.3))
        headers = {**message.headers, ATTEMPT: attempt}
        rung = retry_exchange(self._service, seconds)
        await self._publisher.publish(rung, self.queue, message.body, headers, expires_in=pause)
        return "retried"

    async def _park(self, message: RabbitMessage, reason: str) -> str:
        log.error("message.parked", queue=self.queue, reason=reason)
        headers = {**message.headers, REASON: reason[:500]}
        await self._publisher.publish(parking(self._service), self.queue, message.body, headers)
        return "parked"


def _attempt(message: RabbitMessage) -> int:
    value = message.headers.get(ATTEMPT, 0)
    return value if isinstance(value, int) else 0


def _fail(delivery: Delivery, error: Exception) -> None:
    if not delivery.done.done():
        delivery.done.set_exception(error)
