"""Publishing that is only done when the broker says so: own connection, confirms, time limits."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aio_pika import DeliveryMode, Message

from shared.messaging.connection import ReconnectingChannel, connection_loss_as_error

PUBLISH_SECONDS = 10
"""A publish under a memory alarm waits for ever on its own (measured); nothing of ours does."""


class Publisher:
    """Publishes on one confirmed channel of its own, any number of messages at a time; each has
    `seconds` to be confirmed."""

    def __init__(self, url: str, name: str, seconds: float = PUBLISH_SECONDS) -> None:
        self._line = ReconnectingChannel(url, name)
        self._seconds = seconds

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

        Raises one of `errors.TRANSIENT_ERRORS`: then it may or may not have arrived, and is to be
        published again. A message that no queue takes raises too (PublishError).
        """
        message = Message(
            body,
            headers=dict(headers),
            content_type="application/json",
            delivery_mode=DeliveryMode.PERSISTENT,
            message_id=str(headers.get("ce-id", "")) or None,
            expiration=expires_in,
        )
        await self._send(exchange, routing_key, message)

    async def reply(self, to: str, correlation_id: str, body: bytes) -> None:
        """Send the reply to an RPC request. Nothing is stored: a caller that is gone gets no
        reply."""
        message = Message(
            body, correlation_id=correlation_id, delivery_mode=DeliveryMode.NOT_PERSISTENT
        )
        # Not mandatory: RabbitMQ 3.10 returns such a reply although it was delivered.
        await self._send("", to, message, mandatory=False)

    async def _send(
        self, exchange: str, routing_key: str, message: Message, *, mandatory: bool = True
    ) -> None:
        async with connection_loss_as_error(), asyncio.timeout(self._seconds):
            channel = await self._line.channel()
            # ensure=False: nothing is declared here, and no round trip is spent on asking.
            target = await channel.get_exchange(exchange, ensure=False)
            await target.publish(message, routing_key, mandatory=mandatory)

    async def close(self) -> None:
        """Close the connection; the next publish opens a new one."""
        await self._line.close()
