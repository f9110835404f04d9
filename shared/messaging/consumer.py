"""Consuming: each delivery ends acknowledged after its commit, on the retry ladder, or parked."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from time import monotonic, perf_counter
from typing import Any

import structlog
from faststream.rabbit import RabbitMessage

from shared.messaging.batch import Away, Blameless, GroupCommit, Work
from shared.messaging.context import Workplace
from shared.messaging.correlation import telling
from shared.messaging.envelope import ATTEMPT, ORIGIN, REASON, Cause, Unreadable
from shared.messaging.topology import parking, retry_exchange
from shared.service.errors import UNREACHABLE, described, is_blameless, where
from shared.service.tasks import wait_for

log = structlog.get_logger()

Read = Callable[[RabbitMessage], tuple[Cause, Any]]
"""Identity and content of a message; raises Unreadable."""


class Subscription:
    """One queue with its reader, its handler (in `group`) and a way out for what fails."""

    def __init__(
        self,
        queue: str,
        read: Read,
        work: Work,
        place: Workplace,
        blameless: Blameless = is_blameless,
    ) -> None:
        self.queue = queue
        self.group = GroupCommit(queue, work, place, blameless)
        self._read = read
        self._place = place

    @property
    def groups(self) -> list[GroupCommit]:
        """What must run while this subscription is heard."""
        return [self.group]

    async def receive(self, message: RabbitMessage) -> None:
        """Bring one message to an end. It is acknowledged only after that end is safe."""
        started = perf_counter()
        try:
            outcome = await self._settled(message)
            await message.ack()
        except Exception as error:
            # Whatever it was, the broker delivers it again: now, or once its channel is gone.
            log.warning("message.unsettled", queue=self.queue, **described(error))
            with suppress(*UNREACHABLE):
                await message.nack(requeue=True)
        else:
            self._place.metrics.handled.labels(self.queue, outcome).inc()
            self._place.metrics.handling.labels(self.queue).observe(perf_counter() - started)

    async def _settled(self, message: RabbitMessage) -> str:
        try:
            cause, content = self._read(message)
        except Unreadable as fault:
            return await self._park(message, str(fault))
        with telling(cause):
            return await self._worked_off(message, cause, content)

    async def _worked_off(self, message: RabbitMessage, cause: Cause, content: Any) -> str:
        try:
            return "done" if await self.group.bring(cause, content) else "repeated"
        except Unreadable as fault:
            return await self._park(message, str(fault))
        except Away as away:
            return await self._climb(message, away.__cause__ or away, counts=False)
        except Exception as error:
            return await self._climb(message, error, counts=True)

    async def _climb(self, message: RabbitMessage, error: BaseException, *, counts: bool) -> str:
        """On to the next rung of the ladder, or past its end to the parked ones."""
        ladder = self._place.pace.ladder
        attempt = min(_attempt(message, self.queue) + counts, len(ladder) + 1)
        log.warning("message.failed", queue=self.queue, attempt=attempt, **described(error))
        if attempt > len(ladder):
            return await self._park(message, f"{type(error).__name__} at {where(error)}")
        seconds = ladder[max(attempt, 1) - 1]
        pause = timedelta(seconds=seconds * random.uniform(1.0, 1.3))
        rung = retry_exchange(self._place.service, seconds)
        await self._put(rung, message, {ATTEMPT: attempt}, pause)
        return "retried"

    async def _park(self, message: RabbitMessage, reason: str) -> str:
        log.error("message.parked", queue=self.queue, reason=reason)
        await self._put(parking(self._place.service), message, {REASON: reason[:500]})
        return "parked"

    async def _put(
        self,
        exchange: str,
        message: RabbitMessage,
        noted: dict[str, Any],
        expires_in: timedelta | None = None,
    ) -> None:
        """Set it aside under its queue's name, waiting with it in hand while the broker is away."""
        headers = _carried(message, self.queue) | noted
        until = monotonic() + self._place.pace.hold
        while True:
            try:
                return await self._place.publisher.publish(
                    exchange, self.queue, message.body, headers, expires_in=expires_in
                )
            except UNREACHABLE as error:
                if monotonic() > until or self._place.stopping.is_set():
                    raise
                log.warning("message.held", queue=self.queue, **described(error))
                await wait_for(self._place.stopping, self._place.pace.hold_step)


def origin(message: RabbitMessage, queue: str) -> str:
    """The routing key a message first came with."""
    key = _key(message)
    return str(message.headers.get(ORIGIN, key)) if key == queue else key


def _attempt(message: RabbitMessage, queue: str) -> int:
    value = message.headers.get(ATTEMPT, 0) if _key(message) == queue else 0
    return max(value, 0) if isinstance(value, int) else 0


def _key(message: RabbitMessage) -> str:
    """What comes back from the ladder comes under its queue's name.

    Only the service itself may write there, so a stranger's headers claim nothing.
    """
    return message.raw_message.routing_key or ""


def _carried(message: RabbitMessage, queue: str) -> dict[str, Any]:
    """Headers to keep: what the sender wrote, not what brokers added on the way."""
    plain = {
        name: value
        for name, value in message.headers.items()
        if not name.startswith("x-") and isinstance(value, str | int | float | bytes)
    }
    return plain | {ORIGIN: origin(message, queue)}
