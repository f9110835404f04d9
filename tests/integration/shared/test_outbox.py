"""The relay: in order, shared, only after the confirm, and nobody stands in the others' way."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
import pytest

from deploy.devstack.servers import Servers
from shared.contracts.events import MeetingConfirmed
from shared.messaging.publisher import PUBLISH_SECONDS, Publisher
from shared.persistence.database import close_pool, open_pool
from shared.persistence.outbox import PublishOutcome, Relay
from shared.persistence.transaction import TransactionFactory
from shared.service.clock import WallClock
from shared.service.metrics import Metrics
from tests.conftest import Databases
from tests.integration.shared.conftest import a_meeting, a_service, rabbitmqctl

UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"


class Desk:
    """An outbox, an exchange of its own with one queue behind it, and relays."""

    def __init__(self, pool: asyncpg.Pool, vhost: str) -> None:
        self.pool = pool
        self.transactions = TransactionFactory("small", pool, WallClock())
        self.exchange = f"out.{uuid4().hex[:8]}"
        self.publishers: list[Publisher] = []
        self._vhost = vhost

    def relay(self, metrics: Metrics | None = None, seconds: float = PUBLISH_SECONDS) -> Relay:
        self.publishers.append(Publisher(self._vhost, "a relay", seconds))
        return Relay(self.pool, self.publishers[-1], metrics or Metrics("small"))

    async def write(self, *keys: str, exchange: str | None = None) -> None:
        async with self.transactions.begin() as tx:
            for key in keys:
                tx.send(exchange or self.exchange, key, {"n": key})

    async def state(self, *facts: MeetingConfirmed) -> None:
        """Facts, whose order counts, on the exchange of these tests."""
        async with self.transactions.begin() as tx:
            for fact in facts:
                tx.emit(fact)
            await tx.flush()
            await tx.connection.execute("UPDATE outbox SET exchange = $1", self.exchange)

    async def unsent(self) -> int:
        return int(await self.pool.fetchval(UNSENT))

    async def arrived(self) -> list[Any]:
        async with await aio_pika.connect(self._vhost) as link, link.channel() as channel:
            queue = await channel.get_queue(self.exchange)
            count = queue.declaration_result.message_count or 0
            return [await queue.get(no_ack=True) for _ in range(count)]


@pytest.fixture
async def out(vhost: str, databases: Databases) -> AsyncIterator[Desk]:
    pool = await open_pool(await databases.fresh(a_service()), size=8)
    desk = Desk(pool, vhost)
    async with await aio_pika.connect(vhost) as link, link.channel() as channel:
        exchange = await channel.declare_exchange(desk.exchange, "topic", durable=True)
        queue = await channel.declare_queue(
            desk.exchange, durable=True, arguments={"x-queue-type": "quorum"}
        )
        for key in ("good.*", "meeting.confirmed"):
            await queue.bind(exchange, key)
        yield desk
        for one in desk.publishers:
            await one.close()
        await close_pool(pool)
        await channel.queue_delete(desk.exchange)


async def until(done: Callable[[], Any], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await done():  # noqa: ASYNC110  # anything may be the condition
            await asyncio.sleep(0.05)


async def test_a_letter_is_marked_sent_and_leaves_once(out: Desk) -> None:
    await out.write("good.one", "good.two")
    relay = out.relay()
    assert await relay.publish_batch() == Counter({PublishOutcome.SENT: 2})
    assert await relay.publish_batch() == Counter()
    assert sorted(x.routing_key for x in await out.arrived()) == ["good.one", "good.two"]


async def test_facts_about_one_thing_leave_in_their_order_with_two_relays(out: Desk) -> None:
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

    async with asyncio.timeout(30):
        await asyncio.gather(*map(pump, relays))
    arrived = [MeetingConfirmed.model_validate_json(x.body) for x in await out.arrived()]
    assert len(arrived) == len(stated)
    for pair in pairs:
        order = [x.request_id.int for x in arrived if x.pair_id == pair.pair_id]
        assert order == list(range(10))


async def test_two_relays_send_each_letter_once_and_share_them(out: Desk) -> None:
    await out.write(*(f"good.{n}" for n in range(600)))
    counts = await asyncio.gather(*(out.relay().publish_batch() for _ in range(3)))
    assert [count[PublishOutcome.SENT] for count in counts] == [200, 200, 200]
    assert len({x.routing_key for x in await out.arrived()}) == 600


async def test_a_batch_of_letters_that_no_queue_takes_does_not_stop_the_others(out: Desk) -> None:
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


async def test_a_letter_that_closes_the_channel_takes_no_other_with_it(out: Desk) -> None:
    await out.write("good.one", "good.two")
    await out.write("good.three", exchange="no.such.exchange")
    await out.write("good.four")
    relay = out.relay()
    assert await relay.publish_batch() == Counter(
        {PublishOutcome.SENT: 3, PublishOutcome.REJECTED: 1}
    )
    assert await relay.publish_batch() == Counter()


async def test_a_key_that_cannot_be_sent_is_set_back(out: Desk) -> None:
    await out.write("good." + "x" * 300)
    await out.write("good.one")
    assert await out.relay().publish_batch() == Counter(
        {PublishOutcome.SENT: 1, PublishOutcome.REJECTED: 1}
    )


async def test_the_relay_wakes_at_the_commit(out: Desk) -> None:
    stopping = asyncio.Event()
    running = asyncio.create_task(out.relay().run(stopping))
    await out.write("good.one")
    await until(lambda: _none(out))
    await asyncio.sleep(0.3)  # it now sleeps its second
    started = asyncio.get_running_loop().time()
    await out.write("good.two")
    await until(lambda: _none(out))
    assert asyncio.get_running_loop().time() - started < 0.7
    stopping.set()
    await asyncio.wait_for(running, 5)


async def test_what_is_stated_last_still_leaves(out: Desk) -> None:
    stopping = asyncio.Event()
    running = asyncio.create_task(out.relay().run(stopping))
    await asyncio.sleep(0.5)
    await out.write("good.one")
    stopping.set()
    await asyncio.wait_for(running, 5)
    assert await out.unsent() == 0


async def _in_vain(metrics: Metrics, count: int) -> bool:
    """Whether so many attempts found nobody who took the letter."""
    samples = [x for family in metrics.letters.collect() for x in family.samples]
    unsent = [x.value for x in samples if x.labels == {"outcome": PublishOutcome.BROKER_DOWN}]
    return max(unsent, default=0) >= count


async def _none(out: Desk) -> bool:
    return await out.unsent() == 0


async def test_during_a_memory_alarm_letters_wait_and_few_come_twice(
    out: Desk, servers: Servers
) -> None:
    stopping, metrics = asyncio.Event(), Metrics("small")
    running = asyncio.create_task(out.relay(metrics, seconds=2).run(stopping))
    await out.write("good.zero")
    await until(lambda: _none(out))
    await rabbitmqctl(servers, "set_vm_memory_high_watermark", "0.00001")
    try:
        await out.write(*(f"good.{n}" for n in range(50)))
        await until(lambda: _in_vain(metrics, 100), 60)  # each is tried again
        assert await out.unsent() == 50
    finally:
        await rabbitmqctl(servers, "set_vm_memory_high_watermark", "0.4")
    await until(lambda: _none(out), 30)
    stopping.set()
    await running
    arrived = Counter(x.routing_key for x in await out.arrived())
    assert set(arrived) == {"good.zero"} | {f"good.{n}" for n in range(50)}
    assert sum(arrived.values()) <= 1 + 2 * 50
