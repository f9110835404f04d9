"""Queues of a reference, on the default virtual host."""

import asyncio
import time

import aio_pika

from deploy.devstack.processes import START_SECONDS


class NotReady(RuntimeError):
    """A queue has no consumer."""


async def declare_queues(amqp_url: str, queues: tuple[str, ...]) -> None:
    """Quorum queues on the default virtual host."""
    async with await aio_pika.connect(amqp_url) as link, link.channel() as channel:
        for name in queues:
            await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})


async def wait_for_consumers(amqp_url: str, queues: tuple[str, ...]) -> None:
    """Return when each queue has a consumer. Raises NotReady."""
    deadline = time.monotonic() + START_SECONDS
    async with await aio_pika.connect(amqp_url) as link, link.channel() as channel:
        for name in queues:
            while not (
                await channel.declare_queue(name, passive=True)
            ).declaration_result.consumer_count:
                if time.monotonic() > deadline:
                    raise NotReady(name)
                await asyncio.sleep(0.1)
