"""The relay: in order, shared, only after the confirm, and relays do not block each other."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.contracts.events import MeetingConfirmed
from shared.messaging.connection import open_connection
from shared.messaging.publisher import PUBLISH_SECONDS, Publisher
from shared.persistence.database import close_pool, open_pool
from shared.persistence.outbox import PERIOD, PublishOutcome, Relay
from shared.persistence.transaction import TransactionFactory
from shared.service.clock import WallClock
from shared.service.metrics import Metrics
from shared.service.worker import Period
from tests.conftest import Databases
from tests.integration.shared.conftest import a_meeting, a_service
from tests.support.waiting import until

UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"


class OutboxFixture:
    """An outbox, an exchange of its own with one queue behind it, and relays."""

    def __init__(self, pool: asyncpg.Pool, vhost: str) -> None:
        self.pool = pool
        self.transactions = TransactionFactory("small", pool, WallClock())
        self.exchange = f"out.{uuid4().hex[:8]}"
        self.publishers: list[Publisher] = []
        self._vhost = vhost

    def relay(
        self,
        metrics: Metrics | None = None,
        period: Period = PERIOD,
        publish_seconds: float = PUBLISH_SECONDS,
    ) -> Relay:
        self.publishers.append(Publisher(self._vhost, "a relay", publish_seconds))
        return Relay(self.pool, self.publishers[-1], metrics or Metrics("small"), period)

    async def write(self, *keys: str, exchange: str | None = None) -> None:
        async with self.transactions.begin() as tx:
            for key in keys:
                tx.send(exchange or self.exchange, key, {"n": key})

    async def state(self, *events: MeetingConfirmed) -> None:
        """Events, whose order counts, on the exchange of these tests."""
        async with self.transactions.begin() as tx:
            for event in events:
                tx.publish(event)
            await tx.flush()
            await tx.connection.execute("UPDATE outbox SET exchange = $1", self.exchange)

    async def unsent(self) -> int:
        return int(await self.pool.fetchval(UNSENT))

    async def read_arrived(self) -> list[Any]:
        async with await open_connection(self._vhost) as link, link.channel() as channel:
            queue = await channel.get_queue(self.exchange)
            count = queue.declaration_result.message_count or 0
            return [await queue.get(no_ack=True) for _ in range(count)]


@pytest.fixture
async def out(vhost: str, databases: Databases) -> AsyncIterator[OutboxFixture]:
    pool = await open_pool(await databases.fresh(a_service()), size=8)
    fixture = OutboxFixture(pool, vhost)
    async with await open_connection(vhost) as link, link.channel() as channel:
        exchange = await channel.declare_exchange(fixture.exchange, "topic", durable=True)
        queue = await channel.declare_queue(
            fixture.exchange, durable=True, arguments={"x-queue-type": "quorum"}
        )
        for key in ("good.*", "meeting.confirmed"):
            await queue.bind(exchange, key)
        yield fixture
        for one in fixture.publishers:
            await one.close()
        await close_pool(pool)
        await channel.queue_delete(fixture.exchange)


async def test_a_message_is_marked_sent_and_leaves_once(out: OutboxFixture) -> None:
    await out.write("good.one", "good.two")
    relay = out.relay()
    assert await relay.publish_batch() == Counter({PublishOutcome.SENT: 2})
    assert await relay.publish_batch() == Counter()
    assert sorted(x.routing_key for x in await out.read_arrived()) == ["good.one", "good.two"]


async def test_events_about_one_thing_leave_in_their_order_with_two_relays(
    out: OutboxFixture,
) -> None:
    pairs = [a_meeting() for _ in range(20)]
    stated = [
        MeetingConfirmed(pair_id=pair.pair_id, request_id=UUID(int=n))
        for n in range(10)
        for pair in pairs
    ]
    await out.state(*stated)
    relays = [out.relay(), out.relay()]

    async def pump(relay: Relay) -> None:
        while await out.unsent():
            await relay.publish_batch()

    await asyncio.gather(*map(pump, relays))
    arrived = [MeetingConfirmed.model_validate_json(x.body) for x in await out.read_arrived()]
    assert len(arrived) == len(stated)
    for pair in pairs:
        order = [x.request_id.int for x in arrived if x.pair_id == pair.pair_id]
        assert order == list(range(10))


async def test_two_relays_send_each_message_once_and_share_them(out: OutboxFixture) -> None:
    await out.write(*(f"good.{n}" for n in range(600)))
    counts = await asyncio.gather(*(out.relay().publish_batch() for _ in range(3)))
    assert [count[PublishOutcome.SENT] for count in counts] == [200, 200, 200]
    assert len({x.routing_key for x in await out.read_arrived()}) == 600


async def test_a_batch_of_messages_that_no_queue_takes_does_not_stop_the_others(
    out: OutboxFixture,
) -> None:
    await out.write(*(f"nobody.{n}" for n in range(250)))
    await out.write("good.one")
    relay = out.relay()
    assert await relay.publish_batch() == Counter({PublishOutcome.REJECTED: 200})
    # They wait a second and more; on a busy machine that may be over too soon for this test.
    waiting = "UPDATE outbox SET not_before = not_before + interval '1 hour' WHERE attempts > 0"
    assert await out.pool.execute(waiting) == "UPDATE 200"
    assert await relay.publish_batch() == Counter(
        {PublishOutcome.REJECTED: 50, PublishOutcome.SENT: 1}
    )
    assert await out.unsent() == 250
    await out.pool.execute("UPDATE outbox SET not_before = now(), attempts = 30")
    assert await relay.publish_batch() == Counter({PublishOutcome.REJECTED: 200})
    longest = await out.pool.fetchval("SELECT max(not_before) - now() FROM outbox")
    assert 290 < longest.total_seconds() <= 300


async def test_a_message_that_closes_the_channel_takes_no_other_with_it(out: OutboxFixture) -> None:
    await out.write("good.one", "good.two")
    await out.write("good.three", exchange="no.such.exchange")
    await out.write("good.four")
    relay = out.relay()
    assert await relay.publish_batch() == Counter(
        {PublishOutcome.SENT: 3, PublishOutcome.REJECTED: 1}
    )
    assert await relay.publish_batch() == Counter()


async def test_a_key_that_cannot_be_sent_is_set_back(out: OutboxFixture) -> None:
    await out.write("good." + "x" * 300)
    await out.write("good.one")
    assert await out.relay().publish_batch() == Counter(
        {PublishOutcome.SENT: 1, PublishOutcome.REJECTED: 1}
    )


async def test_the_relay_wakes_at_the_commit(out: OutboxFixture) -> None:
    stopping = asyncio.Event()
    relay = out.relay(period=replace(PERIOD, seconds=3600))
    running = asyncio.create_task(relay.run(stopping))
    for key in ("good.one", "good.two"):
        await asyncio.sleep(0.3)  # it now waits to be woken
        await out.write(key)
        await until(lambda: is_empty(out))
    stopping.set()
    relay.wake()
    await running


async def test_what_is_stated_last_still_leaves(out: OutboxFixture) -> None:
    stopping = asyncio.Event()
    running = asyncio.create_task(out.relay().run(stopping))
    await asyncio.sleep(0.5)
    await out.write("good.one")
    stopping.set()
    await running
    assert await out.unsent() == 0


async def is_empty(out: OutboxFixture) -> bool:
    return await out.unsent() == 0
