"""Queues of messages set aside: counted, and their messages acted on."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aiormq.exceptions import ChannelNotFoundEntity

from deploy.cli.parked_messages import describe_message, may_go_home, original_headers
from deploy.services import installed_services
from shared.messaging.connection import open_connection
from shared.messaging.names import parked_queue as parked_name
from shared.messaging.names import return_exchange
from shared.service.settings import BrokerSettings, load

Fits = Callable[[str, AbstractIncomingMessage], bool]


async def count_parked() -> dict[str, int]:
    """Number of parked messages by the queue they came from."""
    async with _channel() as channel:
        return {
            queue: (await _declare(channel, queue)).declaration_result.message_count or 0
            for service in installed_services()
            for queue in service.working_queues()
        }


@asynccontextmanager
async def _channel() -> AsyncIterator[AbstractChannel]:
    url = load(BrokerSettings, "broker").amqp_url.get_secret_value()
    async with await open_connection(url) as connection:
        # A replayed message that finds no queue must not count as replayed.
        yield await connection.channel(on_return_raises=True)


async def _declare(channel: AbstractChannel, queue: str) -> Any:
    try:
        return await channel.declare_queue(parked_name(queue), passive=True)
    except ChannelNotFoundEntity:
        raise LookupError(f"Aucune file {parked_name(queue)} : voir binome parked list") from None


async def count_left(queue: str, ids: list[str] | None) -> int:
    """Messages that no replay takes, since nobody of ours set them aside."""
    return len(
        await act_on_each(queue, ids, leave_in_queue, lambda queue, x: not may_go_home(queue, x))
    )


def _any(_: str, __: AbstractIncomingMessage) -> bool:
    return True


async def act_on_each(
    queue: str, ids: list[str] | None, act: Any, fits: Fits = _any
) -> list[dict[str, Any]]:
    """Act on the messages set aside from a queue that are named (all, where none is) and fit; all
    others go back. Descriptions of those acted on. Raises LookupError for an unknown queue."""
    async with _channel() as channel:
        home = await _declare(channel, queue)
        messages = await _take_all(home)
        named = [x for x in messages if not ids or str(x.headers.get("ce-id")) in ids]
        chosen = [x for x in named if fits(queue, x)]
        for message in messages:
            if message not in chosen:
                await message.nack(requeue=True)
        for message in chosen:
            await act(channel, queue, message)
        return [describe_message(message) for message in chosen]


async def _take_all(home: AbstractQueue) -> list[AbstractIncomingMessage]:
    """All that wait there now; they go back when the channel closes."""
    messages = []
    for _ in range(home.declaration_result.message_count or 0):
        message = await home.get(fail=False)
        if message is not None:
            messages.append(message)
    return messages


async def leave_in_queue(_: AbstractChannel, __: str, message: AbstractIncomingMessage) -> None:
    """The message goes back as it was."""
    await message.nack(requeue=True)


async def replay_message(
    channel: AbstractChannel, queue: str, message: AbstractIncomingMessage
) -> None:
    """Send a message to its queue as it first came, then let it go."""
    again = aio_pika.Message(
        message.body,
        headers=original_headers(message),
        content_type=message.content_type,
        message_id=message.message_id,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    solver = await channel.get_exchange(return_exchange(queue.partition(".")[0]), ensure=False)
    await solver.publish(again, queue, mandatory=True)
    await message.ack()


async def discard_message(_: AbstractChannel, __: str, message: AbstractIncomingMessage) -> None:
    """Let the message go."""
    await message.ack()
