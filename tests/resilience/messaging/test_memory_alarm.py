"""A broker that takes no more messages for want of memory."""

import asyncio
from collections import Counter

from deploy.devstack.servers import Servers
from shared.persistence.outbox import PublishOutcome
from shared.service.metrics import Metrics
from tests.integration.shared.conftest import rabbitmqctl
from tests.integration.shared.test_outbox import OutboxFixture, is_empty
from tests.support.waiting import until


async def test_messages_wait_and_few_come_twice(out: OutboxFixture, servers: Servers) -> None:
    stopping, metrics = asyncio.Event(), Metrics("small")
    running = asyncio.create_task(out.relay(metrics, publish_seconds=2).run(stopping))
    await out.write("good.zero")
    await until(lambda: is_empty(out))
    await rabbitmqctl(servers, "set_vm_memory_high_watermark", "0.00001")
    try:
        await out.write(*(f"good.{n}" for n in range(50)))
        await until(lambda: _in_vain(metrics, 100))  # each is tried again
        assert await out.unsent() == 50
    finally:
        await rabbitmqctl(servers, "set_vm_memory_high_watermark", "0.4")
    await until(lambda: is_empty(out))
    stopping.set()
    await running
    arrived = Counter(x.routing_key for x in await out.read_arrived())
    assert set(arrived) == {"good.zero"} | {f"good.{n}" for n in range(50)}
    assert sum(arrived.values()) <= 1 + 2 * 50


async def _in_vain(metrics: Metrics, count: int) -> bool:
    """Whether so many attempts to publish were refused."""
    samples = [x for family in metrics.outbox.collect() for x in family.samples]
    unsent = [x.value for x in samples if x.labels == {"outcome": PublishOutcome.BROKER_DOWN}]
    return max(unsent, default=0) >= count
