"""Consuming: each delivery ends acknowledged after its commit, on the delay queues, or parked."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from time import monotonic, perf_counter
from typing import Any

import structlog
from faststream.rabbit import RabbitMessage

from shared.messaging.batch import BatchProcessor, Blameless, DatabaseUnavailable, Work
from shared.messaging.context import ConsumerContext
from shared.messaging.correlation import MessageContext, bound_context
from shared.messaging.envelope import ATTEMPT, ORIGIN, REASON, InvalidMessage
from shared.messaging.names import parking_exchange, retry_exchange
from shared.service.errors import (
    TRANSIENT_ERRORS,
    error_fields,
    error_location,
    is_infrastructure_failure,
)
from shared.service.tasks import wait_with_timeout

log = structlog.get_logger()

Read = Callable[[RabbitMessage], tuple[MessageContext, Any]]
"""Identity and content of a message; raises InvalidMessage."""


class QueueConsumer:
    """One queue with its reader, its handler (in `group`) and a way out for what fails."""

    def __init__(
        self,
        queue: str,
        read: Read,
        work: Work,
        context: ConsumerContext,
        blameless: Blameless = is_infrastructure_failure,
    ) -> None:
        self.queue = queue
        self.group = BatchProcessor(queue, work, context, blameless)
        self._read = read
        self._context = context

    @property
    def groups(self) -> list[BatchProcessor]:
        """What must run while this queue is consumed."""
        return [self.group]

    async def receive(self, message: RabbitMessage) -> None:
        """Bring one message to an end. It is acknowledged only after that end is safe."""
        started = perf_counter()
        try:
            outcome = await self._process(message)
            await message.ack()
        except Exception as error:  # noqa: BLE001 - the broker delivers it again: now, or once its channel is gone
            log.warning("message.unsettled", queue=self.queue, **error_fields(error))
            with suppress(*TRANSIENT_ERRORS):
                await message.nack(requeue=True)
        else:
            self._context.metrics.handled.labels(self.queue, outcome).inc()
            self._context.metrics.handling.labels(self.queue).observe(perf_counter() - started)

    async def _process(self, message: RabbitMessage) -> str:
        try:
            cause, content = self._read(message)
        except InvalidMessage as fault:
            return await self._park(message, str(fault))
        with bound_context(cause):
            return await self._handle(message, cause, content)

    async def _handle(self, message: RabbitMessage, cause: MessageContext, content: Any) -> str:
        try:
            return "done" if await self.group.submit(cause, content) else "repeated"
        except InvalidMessage as fault:
            return await self._park(message, str(fault))
        except DatabaseUnavailable as away:
            return await self._retry(message, away.__cause__ or away, counts=False)
        except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is retried, then parked
            return await self._retry(message, error, counts=True)

    async def _retry(self, message: RabbitMessage, error: BaseException, *, counts: bool) -> str:
        """On to the next delay queue, or past the last to the parked ones."""
        retry_delays = self._context.policy.retry_delays
        attempt = min(_attempt(message, self.queue) + counts, len(retry_delays) + 1)
        log.warning("message.failed", queue=self.queue, attempt=attempt, **error_fields(error))
        if attempt > len(retry_delays):
            return await self._park(message, f"{type(error).__name__} at {error_location(error)}")
        seconds = retry_delays[max(attempt, 1) - 1]
        pause = timedelta(seconds=seconds * random.uniform(1.0, 1.3))
        delay = retry_exchange(self._context.service, seconds)
        await self._republish(delay, message, {ATTEMPT: attempt}, pause)
        return "retried"

    async def _park(self, message: RabbitMessage, reason: str) -> str:
        log.error("message.parked", queue=self.queue, reason=reason)
        await self._republish(
            parking_exchange(self._context.service), message, {REASON: reason[:500]}
        )
        return "parked"

    async def _republish(
        self,
        exchange: str,
        message: RabbitMessage,
        noted: dict[str, Any],
        expires_in: timedelta | None = None,
    ) -> None:
        """Set it aside under its queue's name, waiting with it in hand while the broker is away."""
        headers = _forwardable_headers(message, self.queue) | noted
        until = monotonic() + self._context.policy.retain_seconds
        while True:
            try:
                return await self._context.publisher.publish(
                    exchange, self.queue, message.body, headers, expires_in=expires_in
                )
            except TRANSIENT_ERRORS as error:
                if monotonic() > until or self._context.stopping.is_set():
                    raise
                log.warning("message.held", queue=self.queue, **error_fields(error))
                await wait_with_timeout(
                    self._context.stopping, self._context.policy.retain_interval
                )


def original_routing_key(message: RabbitMessage, queue: str) -> str:
    """The routing key a message first came with."""
    key = _key(message)
    return str(message.headers.get(ORIGIN, key)) if key == queue else key


def _attempt(message: RabbitMessage, queue: str) -> int:
    value = message.headers.get(ATTEMPT, 0) if _key(message) == queue else 0
    return max(value, 0) if isinstance(value, int) else 0


def _key(message: RabbitMessage) -> str:
    """What comes back from the delay queues comes under its queue's name.

    Only the service itself may write there, so a stranger's headers claim nothing.
    """
    return message.raw_message.routing_key or ""


def _forwardable_headers(message: RabbitMessage, queue: str) -> dict[str, Any]:
    """Headers to keep: what the sender wrote, not what brokers added on the way."""
    plain = {
        name: value
        for name, value in message.headers.items()
        if not name.startswith("x-") and isinstance(value, str | int | float | bytes)
    }
    return plain | {ORIGIN: original_routing_key(message, queue)}
