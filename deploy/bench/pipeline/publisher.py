"""Publishes a group of registrations: `python -m deploy.bench.pipeline.publisher OFFER RESULT`.

Messages are persistent, mandatory and confirmed, at most `WINDOW` of them unconfirmed at a time.
`BENCH_AMQP_URL` says where, `BENCH_EXCHANGE` and `BENCH_ROUTING_KEY` to what; `{side}` in the key
is the person's side.
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import aio_pika
from aiormq import spec
from aiormq.abc import AbstractChannel
from aiormq.exceptions import AMQPError

from deploy.bench.pipeline.offers import Offer, Published
from deploy.bench.registrants import Group, registration

WINDOW = 256


@dataclass(frozen=True)
class Target:
    """Where to publish: exchange ("" is the default one) and routing key. `task`: the name of a
    Celery task to call; empty for plain messages."""

    exchange: str
    routing_key: str
    task: str = ""

    def headers(self, message_id: str) -> dict[str, str]:
        """CloudEvents attributes; for a task what Celery's protocol 2 needs."""
        if self.task:
            return {"lang": "py", "task": self.task, "id": message_id, "root_id": message_id}
        return {"ce-id": message_id, "ce-specversion": "1.0"}

    def body(self, message_id: str, fields: dict[str, Any]) -> bytes:
        """The registration; for a task its arguments."""
        return json.dumps([[message_id, fields], {}, {}] if self.task else fields).encode()


class Publisher:
    """One group on its way. It speaks to aiormq, below aio-pika, which costs less."""

    def __init__(self, channel: AbstractChannel, target: Target, group: Group) -> None:
        self._channel = channel
        self._target = target
        self._group = group
        self._ids = [str(uuid5(NAMESPACE_URL, group.address(n))) for n in range(group.people)]
        self._bodies = [target.body(one, registration(group, n)) for n, one in enumerate(self._ids)]
        self._window = asyncio.Semaphore(WINDOW)
        self.unconfirmed = 0

    async def publish_all(self, rate: float | None) -> list[float]:
        """When each was offered (with a rate: due); returns when all are confirmed or refused."""
        offered: list[float] = []
        start = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number in range(self._group.people):
                due = start + number / rate if rate else None
                if due is not None and (wait := due - time.monotonic()) > 0:
                    await asyncio.sleep(wait)
                await self._window.acquire()
                offered.append(due or time.monotonic())
                tasks.create_task(self._publish(number))
        return offered

    async def _publish(self, number: int) -> None:
        message_id = self._ids[number]
        properties = spec.Basic.Properties(
            headers={**self._target.headers(message_id)},
            message_id=message_id,
            correlation_id=message_id,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=2,
        )
        try:
            await self._channel.basic_publish(
                self._bodies[number],
                exchange=self._target.exchange,
                routing_key=self._target.routing_key.format(side=self._group.side(number)),
                properties=properties,
                mandatory=True,
            )
        except AMQPError:
            self.unconfirmed += 1  # told in the result: whoever reads it knows how many
        finally:
            self._window.release()


async def publish(offer: Offer) -> Published:
    """Publish an offer; the processor time counts from when the bodies are made."""
    async with await aio_pika.connect(os.environ["BENCH_AMQP_URL"]) as link:
        channel = await (await link.channel(publisher_confirms=True)).get_underlay_channel()
        target = Target(
            os.environ["BENCH_EXCHANGE"], os.environ["BENCH_ROUTING_KEY"], os.environ["BENCH_TASK"]
        )
        publisher = Publisher(channel, target, offer.group)
        began = time.process_time()
        offered = await publisher.publish_all(offer.rate)
        return Published(offered, time.process_time() - began, publisher.unconfirmed)


if __name__ == "__main__":
    result = asyncio.run(publish(Offer.read(Path(sys.argv[1]))))
    result.write(Path(sys.argv[2]))
