"""Live consumers: those of this process, as it counts them and as the broker does."""

import asyncio

from shared.messaging.connection import open_connection
from shared.messaging.consumer_health import consumer_of
from shared.messaging.topology import declare, topology
from tests.integration.shared.conftest import QUICK, Connect, Connected, a_meeting


async def cancel_consumer(connected: Connected) -> None:
    broker = connected.runtime.listener.broker
    assert broker is not None
    (subscriber,) = broker.subscribers
    queue, tag = consumer_of(subscriber)
    await queue.cancel(tag)


async def test_every_queue_has_its_own_consumer_with_a_prefetch(connected: Connect) -> None:
    c: Connected = await connected()
    assert await c.runtime.listener.consumers() == {c.queue: True}
    (attached,) = c.runtime.metrics.consumers.collect()
    assert [sample.value for sample in attached.samples] == [1]


async def test_the_consumer_of_another_process_is_not_taken_for_ours(connected: Connect) -> None:
    one: Connected = await connected()
    other = await connected(beside=one)
    await cancel_consumer(one)
    assert await one.runtime.listener.consumers() == {one.queue: False}
    assert await other.runtime.listener.consumers() == {one.queue: True}


async def test_a_consumer_that_is_lost_alone_comes_back_by_itself(connected: Connect) -> None:
    c: Connected = await connected()
    await cancel_consumer(c)
    assert not await c.is_attached()
    await c.publish_event(a_meeting())
    await c.until_ready()
    await c.until_noted(1)


async def test_a_queue_that_is_made_anew_finds_its_consumer_again(connected: Connect) -> None:
    """As after a maintenance that went wrong: the broker cancels, nobody closes a connection."""
    c: Connected = await connected()
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        await channel.queue_delete(c.queue)
    await asyncio.sleep(2 * QUICK.reattach_after)
    assert not await c.is_attached()
    await declare(c.amqp_url, topology([c.service], retry_delays=QUICK.retry_delays))
    await c.until_ready()
    await c.publish_event(a_meeting())
    await c.until_noted(1)
