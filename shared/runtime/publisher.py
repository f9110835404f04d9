"""Publishing that is only done when the broker says so: own connection, confirms, time limits."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection

PUBLISH_SECONDS = 10
"""A publish under a memory alarm waits for ever on its own (measured); nothing of ours does."""


class Publisher:
    """One connection and one confirmed channel, opened when needed and again after a loss."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()

    async def publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        headers: Mapping[str, Any],
        *,
        expires_in: timedelta | None = None,
    ) -> None:
        """Returns once the broker has the message safely.

        Raises TimeoutError, or aio_pika's and the connection's errors: then it may or may not
        have arrived, and is to be published again. An unroutable message raises too.
        """
        message = aio_pika.Message(
            body,
            headers=dict(headers),
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=str(headers.get("ce-id", "")) or None,
            expiration=expires_in,
        )
        async with asyncio.timeout(PUBLISH_SECONDS):
            channel = await self._open()
            # ensure=False: nothing is declared here, and no round trip is spent on asking.
            target = await channel.get_exchange(exchange, ensure=False)
            await target.publish(message, routing_key, mandatory=True)

    async def _open(self) -> AbstractChannel:
        async with self._opening:
            if self._connection is None or self._connection.is_closed:
                self._connection = await aio_pika.connect(
                    self._url, client_properties={"connection_name": self._name}
                )
                self._channel = None
            if self._channel is None or self._channel.is_closed:
                self._channel = await self._connection.channel(
                    publisher_confirms=True, on_return_raises=True
                )
            return self._channel

    async def close(self) -> None:
        """Close the connection; the next publish opens a new one."""
        if self._connection is not None:
            await self._connection.close()
