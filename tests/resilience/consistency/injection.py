"""Events go in, and every message of the stack comes three times and out of order."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from shared.contracts.events import MeetingConfirmed
from shared.messaging.names import EVENTS_EXCHANGE, return_exchange
from shared.messaging.publisher import Publisher
from shared.service.errors import TRANSIENT_ERRORS

COPIES = 3
AT_ONCE = 200
AGAIN_SECONDS = 0.3
LATE_SECONDS = 1.0


class Injector:
    """Publishes until the broker has confirmed; `acknowledged` holds what it then answers for."""

    def __init__(self, url: str) -> None:
        self._publisher = Publisher(url, "the injector")
        self._hands = asyncio.Semaphore(AT_ONCE)
        self.acknowledged: set[UUID] = set()
        self.published = 0

    async def inject(self, subjects: Sequence[UUID], rng: random.Random) -> None:
        """Each event three times under one event id, all shuffled."""
        events = {subject: uuid4() for subject in subjects}
        copies = [subject for subject in subjects for _ in range(COPIES)]
        rng.shuffle(copies)
        await asyncio.gather(*(self._state(subject, events[subject]) for subject in copies))

    async def _state(self, subject: UUID, event_id: UUID) -> None:
        event = MeetingConfirmed(pair_id=subject, request_id=subject)
        headers = {"ce-id": str(event_id)}
        await self.publish(EVENTS_EXCHANGE, event.topic, event.model_dump_json().encode(), headers)
        self.acknowledged.add(subject)

    async def publish(
        self, exchange: str, key: str, body: bytes, headers: Mapping[str, object]
    ) -> None:
        async with self._hands:
            while True:
                try:
                    await self._publisher.publish(exchange, key, body, headers)
                except TRANSIENT_ERRORS:
                    await asyncio.sleep(AGAIN_SECONDS)
                else:
                    self.published += 1
                    return

    async def close(self) -> None:
        await self._publisher.close()


@asynccontextmanager
async def echoing(
    url: str, tap: str, homes: dict[str, str], injector: Injector, rng: random.Random
) -> AsyncIterator[None]:
    """Put every message that comes by on its queue two more times, some of them much later, by
    the way on which a repetition comes.

    `homes`: routing key → queue. `tap` is a queue bound to every event of the two services.
    """
    async with await aio_pika.connect_robust(url, reconnect_interval=0.5) as link:
        channel = await link.channel()
        await channel.set_qos(prefetch_count=500)
        queue = await channel.declare_queue(tap, passive=True)

        async def again(message: AbstractIncomingMessage) -> None:
            headers = {k: v for k, v in message.headers.items() if k.startswith("ce-")}
            for _ in range(COPIES - 1):
                await asyncio.sleep(rng.uniform(0, LATE_SECONDS))
                home = homes[message.routing_key or ""]
                way = return_exchange(home.partition(".")[0])
                await injector.publish(way, home, message.body, headers)
            try:
                await message.ack()
            except TRANSIENT_ERRORS:
                return  # its channel is gone: it comes again, and is copied again

        await queue.consume(again)
        yield
