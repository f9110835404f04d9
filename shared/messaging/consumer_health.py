"""Is somebody of ours really listening? A ping is not enough: consumers can be lost alone."""

import asyncio
from typing import Any

from faststream.rabbit import RabbitBroker

from shared.messaging.connection import connection_loss_as_error

ASK_SECONDS = 5.0


async def live_consumers(broker: RabbitBroker) -> dict[str, bool]:
    """Queue → has it a consumer of this broker object, and does the server see any there?

    The server counts consumers of all processes, the client knows only its own: both must agree.
    Raises one of `errors.TRANSIENT_ERRORS` when the server cannot be asked.
    """
    async with connection_loss_as_error(), asyncio.timeout(ASK_SECONDS):
        subscribers: list[Any] = list(broker.subscribers)
        ours = {sub.queue.name: await _consuming(sub) for sub in subscribers}
        connection = await broker.connect()
        async with connection.channel() as channel:
            for queue in ours:
                declared = await channel.declare_queue(queue, passive=True, robust=False)
                ours[queue] &= bool(declared.declaration_result.consumer_count)
    return ours


def consumer_of(subscriber: Any) -> tuple[Any, str | None]:
    """aio-pika's queue of a subscriber and the tag of its consumer there; None before it has one.

    FastStream has no public name for them.
    """
    return subscriber._queue_obj, subscriber._consumer_tag


async def _consuming(subscriber: Any) -> bool:
    queue, tag = consumer_of(subscriber)
    if queue is None or queue.channel.is_closed:
        return False
    return tag in (await queue.channel.get_underlay_channel()).consumers
