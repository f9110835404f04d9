"""The thinnest layer over one channel: publish with a confirm, take what waits, acknowledge."""

import asyncio
from collections.abc import Sequence
from typing import Self

import aio_pika
from aio_pika.abc import AbstractConnection
from aiormq import spec
from aiormq.abc import AbstractChannel, DeliveredMessage

PERSISTENT = 2


class Channel:
    """A channel of a connection of its own. Publishing raises when the broker does not confirm."""

    def __init__(self, connection: AbstractConnection, channel: AbstractChannel) -> None:
        self._connection = connection
        self._channel = channel
        self._waiting: asyncio.Queue[DeliveredMessage] = asyncio.Queue()

    @classmethod
    async def open(cls, url: str, prefetch: int = 0) -> Self:
        """`prefetch`: the most deliveries that are in hand unacknowledged."""
        connection = await aio_pika.connect(url)
        channel = await connection.channel(publisher_confirms=True)
        await channel.set_qos(prefetch)
        return cls(connection, await channel.get_underlay_channel())

    async def publish_all(self, queue: str, messages: Sequence[tuple[str, bytes]]) -> None:
        """Publish (message id, body) each; returns once all are confirmed."""
        await asyncio.gather(*(self._publish(queue, *message) for message in messages))

    async def _publish(self, queue: str, message_id: str, body: bytes) -> None:
        properties = spec.Basic.Properties(
            delivery_mode=PERSISTENT, message_id=message_id, content_type="application/json"
        )
        await self._channel.basic_publish(
            body, routing_key=queue, properties=properties, mandatory=True
        )

    async def consume(self, queue: str) -> None:
        """Begin to receive."""
        await self._channel.basic_consume(queue, self._waiting.put)

    async def take(self, most: int) -> list[DeliveredMessage]:
        """What has come, `most` at most; waits for the first."""
        taken = [await self._waiting.get()]
        while len(taken) < most and not self._waiting.empty():
            taken.append(self._waiting.get_nowait())
        return taken

    async def acknowledge(self, deliveries: Sequence[DeliveredMessage]) -> None:
        """Acknowledge these and all that came before them."""
        tag = deliveries[-1].delivery_tag
        if tag is not None:
            await self._channel.basic_ack(tag, multiple=True, wait=False)
