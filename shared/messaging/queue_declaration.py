"""Declaring a queue, also where an earlier version declared a retry queue differently."""

from typing import Any

from aio_pika.abc import AbstractConnection
from aiormq.exceptions import ChannelPreconditionFailed


async def declare_queue(
    connection: AbstractConnection,
    name: str,
    arguments: dict[str, Any],
    *,
    replaceable: bool = False,
    external: bool = False,
) -> None:
    """Declare it on a channel of its own, which a refusal closes.

    One that exists with other arguments is replaced where it is `replaceable` and empty, or an
    external queue that nobody consumes and nothing waits in; else raises
    ChannelPreconditionFailed, the broker's word for what differs.
    """
    try:
        async with connection.channel() as channel:
            await channel.declare_queue(name, durable=True, arguments=arguments)
    except ChannelPreconditionFailed:
        if external and await _replace_idle(connection, name, arguments):
            return
        if not (replaceable and await _replace_empty(connection, name, arguments)):
            raise


async def _replace_idle(
    connection: AbstractConnection, name: str, arguments: dict[str, Any]
) -> bool:
    """False while somebody consumes it: what is in hand would be lost with the queue."""
    async with connection.channel() as channel:
        declared = (await channel.declare_queue(name, passive=True)).declaration_result
        idle = not declared.consumer_count and not declared.message_count
        if idle:
            await channel.queue_delete(name)
            await channel.declare_queue(name, durable=True, arguments=arguments)
    return idle


async def _replace_empty(
    connection: AbstractConnection, name: str, arguments: dict[str, Any]
) -> bool:
    """False while messages wait in it.

    Its exchange, of the same name, is unbound first: what a service publishes meanwhile is
    returned to it and stays in its hands, so that nothing is deleted with the queue.
    """
    async with connection.channel() as channel:
        queue = await channel.get_queue(name, ensure=False)
        await queue.unbind(name, "")
        declared = await channel.declare_queue(name, passive=True)
        empty = not declared.declaration_result.message_count
        if empty:
            await channel.queue_delete(name)
            await channel.declare_queue(name, durable=True, arguments=arguments)
        await queue.bind(name, "")
    return empty
