"""Group commit: deliveries that wait are worked off together, in one transaction.

Handlers that say so (`handle_together`) run side by side and share their statements; others run one
after the other. When one of a group fails, each is tried alone, so a bad one never spoils its
neighbours.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any

import asyncpg
import structlog

from shared.messaging.context import ConsumerContext
from shared.messaging.correlation import MessageContext, bound_context
from shared.messaging.handlers import Keys, ordering_keys
from shared.persistence.batch import (
    Batch,
    BatchBlocked,
    BatchConnection,
    Connection,
    PlainConnection,
    lock_in_batch,
)
from shared.persistence.database import ACQUIRE_SECONDS
from shared.persistence.inbox import claim_message_ids
from shared.persistence.outbox_rows import OutboxMessage, insert_outbox
from shared.persistence.transaction import Transaction
from shared.service.errors import CONFLICT_ERRORS, error_fields, is_infrastructure_failure
from shared.service.tasks import wait_with_timeout

BATCH_SIZE = 200
BATCH_TIMEOUT = 120
"""For the handlers of one group together; a command alone has 30 s (see database.py)."""

log = structlog.get_logger()

Work = Callable[[Any, Transaction], Awaitable[None]]
Blameless = Callable[[Exception, Connection], bool]
"""Whether an error on this connection says nothing against what was in hand."""


class DatabaseUnavailable(Exception):
    """The database is away or busy with itself; what was in hand is not to blame."""


class HandlerFailed(Exception):
    """What was in hand is to blame: `error` is what it raised."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


ALONE_AGAIN: tuple[type[Exception], ...] = (HandlerFailed, BatchBlocked, *CONFLICT_ERRORS)
"""One of a group, or a meeting with another group, is to blame: each is tried alone."""


@dataclass(eq=False)
class Delivery:
    """A readable message in hand. `done` tells once it is committed: true, or false if a repeat."""

    cause: MessageContext
    content: Any
    done: asyncio.Future[bool] = field(default_factory=asyncio.Future)
    since: float = field(default_factory=monotonic)

    @property
    def pending(self) -> bool:
        """Nobody waits any more when its channel is lost; it will be delivered again."""
        return not self.done.done()

    def resolve(self, fresh: bool) -> None:
        """Tell who waits that it is committed; `fresh` is false for a repeat."""
        if self.pending:
            self.done.set_result(fresh)

    def fail(self, error: Exception) -> None:
        """Tell who waits what the handler raised."""
        if self.pending:
            self.done.set_exception(error)


class BatchProcessor:
    """Works off the deliveries of one queue. `consumer` is the name on its receipts."""

    def __init__(
        self,
        consumer: str,
        work: Work,
        context: ConsumerContext,
        blameless: Blameless = is_infrastructure_failure,
    ) -> None:
        self._consumer = consumer
        self._work = work
        self._keys = ordering_keys(work)
        self._blameless = blameless
        self._transactions = context.transactions
        self._policy = context.policy
        self._stopping = context.stopping
        self._waiting: asyncio.Queue[Delivery] = asyncio.Queue()
        self._held: list[Delivery] = []

    async def submit(self, cause: MessageContext, content: Any) -> bool:
        """Returns once the work is committed: true, or false when it had been done before.

        Raises DatabaseUnavailable when the database stays away, or what the handler raised.
        """
        delivery = Delivery(cause, content)
        self._waiting.put_nowait(delivery)
        return await delivery.done

    async def run(self) -> None:
        """Work off what waits, for ever. One such loop runs per queue."""
        while True:
            if group := await self._next_group():
                await self._process(group)
            if self._held:
                # Not in step with others: two that were in each other's way should not meet again.
                await wait_with_timeout(
                    self._stopping, self._policy.retain_interval * random.uniform(0.5, 1.5)
                )

    async def _next_group(self) -> list[Delivery]:
        group, self._held = self._held, []
        if not group:
            group = [await self._waiting.get()]
        while len(group) < BATCH_SIZE and not self._waiting.empty():
            group.append(self._waiting.get_nowait())
        return [delivery for delivery in group if delivery.pending]

    async def _process(self, group: Sequence[Delivery]) -> None:
        try:
            fresh = await self._commit(group)
        except ALONE_AGAIN as error:
            if len(group) > 1:
                await self._process_singly(group)
            elif isinstance(error, HandlerFailed):
                group[0].fail(error.error)
            else:
                self._hold(group, error)
        except Exception as error:  # noqa: BLE001 - whatever the commit met, the deliveries are held and tried again
            self._hold(group, error)
        else:
            for delivery in group:
                delivery.resolve(delivery in fresh)

    async def _process_singly(self, group: Sequence[Delivery]) -> None:
        left = deque(group)
        while left and not self._held:
            await self._process([left.popleft()])
        self._held += left

    def _hold(self, group: Sequence[Delivery], error: Exception) -> None:
        """The database is away: keep them in hand for a while."""
        values = error_fields(error)
        log.warning("deliveries.held", queue=self._consumer, count=len(group), **values)
        self._held = list(group)
        for delivery in group:
            if (
                self._stopping.is_set()
                or monotonic() - delivery.since > self._policy.retain_seconds
            ):
                delivery.fail(_away(error))

    async def _commit(self, group: Sequence[Delivery]) -> list[Delivery]:
        """The deliveries that had no receipt yet. Raises HandlerFailed or BatchBlocked;
        anything else is the database."""
        pool = self._transactions.pool
        async with pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            try:
                async with connection.transaction():
                    fresh = await self._receive(group, connection)
                    await self._run_handlers(fresh, connection)
            except asyncpg.IntegrityConstraintViolationError as error:
                raise HandlerFailed(error) from None  # a constraint that is checked at the commit
        return fresh

    async def _receive(self, group: Sequence[Delivery], connection: Connection) -> list[Delivery]:
        by_id = {delivery.cause.event_id: delivery for delivery in reversed(group)}
        new = await claim_message_ids(connection, self._consumer, list(by_id))
        return [delivery for event_id, delivery in reversed(by_id.items()) if event_id in new]

    async def _run_handlers(self, group: Sequence[Delivery], connection: PlainConnection) -> None:
        try:
            async with asyncio.timeout(BATCH_TIMEOUT):
                messages = await self._work_off(group, connection)
                await insert_outbox(connection, messages)
        except BatchBlocked:
            raise
        except Exception as error:
            if self._blameless(error, connection):
                raise
            raise HandlerFailed(error) from None

    async def _work_off(
        self, group: Sequence[Delivery], connection: PlainConnection
    ) -> list[OutboxMessage]:
        """What the handlers published, in the order of the deliveries."""
        if self._keys is None or len(group) == 1:
            return [
                message
                for delivery in group
                for message in await self._handle(delivery, connection)
            ]
        published: dict[Delivery, list[OutboxMessage]] = {}

        async def handle(delivery: Delivery, keys: Keys, shared: BatchConnection) -> None:
            await lock_in_batch(shared, keys(delivery.content))
            published[delivery] = await self._handle(delivery, shared)

        handlers = [(partial(handle, delivery, self._keys), None) for delivery in group]
        await Batch(connection).run(handlers)
        return [message for delivery in group for message in published[delivery]]

    async def _handle(self, delivery: Delivery, connection: Connection) -> list[OutboxMessage]:
        tx = self._transactions.wrap(connection, delivery.cause)
        with bound_context(delivery.cause):
            await self._work(delivery.content, tx)
        return tx.outbox


def _away(error: Exception) -> DatabaseUnavailable:
    away = DatabaseUnavailable()
    away.__cause__ = error
    return away
