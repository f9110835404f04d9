"""A retry queue of an earlier version is declared anew, and nothing is lost by it."""

from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.messaging.connection import open_connection
from shared.messaging.names import retry_exchange
from shared.messaging.topology import BrokerRefusal, declare, topology
from tests.integration.shared.conftest import a_service

SERVICE = a_service()
NAME = retry_exchange(SERVICE.name, 5)


@pytest.fixture
async def earlier(vhost: str) -> AsyncIterator[AbstractChannel]:
    """A broker on which messages left the retry queue through the default exchange."""
    wanted = topology([SERVICE])
    earlier = {**wanted.queues[NAME], "x-dead-letter-exchange": "", "x-message-ttl": 60_000}
    async with await open_connection(vhost) as link, link.channel() as channel:
        exchange = await channel.declare_exchange(NAME, "fanout", durable=True)
        await (await channel.declare_queue(NAME, durable=True, arguments=earlier)).bind(exchange)
        yield channel
        for queue in wanted.queues:
            await channel.queue_delete(queue)


async def test_an_empty_one_is_replaced_and_bound_again(
    vhost: str, earlier: AbstractChannel
) -> None:
    await declare(vhost, topology([SERVICE]))
    await declare(vhost, topology([SERVICE]))
    exchange = await earlier.get_exchange(NAME, ensure=False)
    await exchange.publish(aio_pika.Message(b"kept"), "anything", mandatory=True)


async def test_one_that_holds_messages_stays_and_is_named(
    vhost: str, earlier: AbstractChannel
) -> None:
    exchange = await earlier.get_exchange(NAME, ensure=False)
    await exchange.publish(aio_pika.Message(b"kept"), "anything", mandatory=True)
    with pytest.raises(BrokerRefusal, match="inequivalent arg"):
        await declare(vhost, topology([SERVICE]))
    await exchange.publish(aio_pika.Message(b"kept"), "anything", mandatory=True)
    held = await earlier.declare_queue(NAME, passive=True)
    assert held.declaration_result.message_count == 2
