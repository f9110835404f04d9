"""Nothing is lost, nothing is done twice, and nothing is left over, whatever dies meanwhile.

Counted as RabbitMQ's Jepsen suite counts. Every event comes in three times and shuffled, goes
through two services and back, and so does every event that they state; both services, the broker
and PostgreSQL are killed with -9 in the middle and started again.

LEDGER_FACTS (2 000) and LEDGER_KILLS (1) make it larger: 10 000 and 5 are the full size.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.devstack.servers import Servers
from shared.messaging.connection import open_connection
from shared.messaging.names import EVENTS_EXCHANGE
from shared.messaging.topology import declare, topology
from tests.conftest import Databases, with_database
from tests.resilience.consistency.injection import Injector, echoing
from tests.resilience.consistency.pair import STEPS, pair
from tests.resilience.consistency.pair_stack import PairStack

FACTS = int(os.environ.get("LEDGER_FACTS", "2000"))
KILLS = int(os.environ.get("LEDGER_KILLS", "1"))
POSTGRES_KILLS = 2 if KILLS > 1 else 1
SETTLED_SECONDS = 10
"""A quorum queue killed right after its declaration may come back empty (measured)."""
STILL_SECONDS = 120
"""Nothing moved for so long: then what is left stays left, however busy the machine."""

pytestmark = pytest.mark.timeout(900 + FACTS // 10 + 120 * KILLS)


@pytest.fixture
async def stack(servers: Servers, databases: Databases, tmp_path: Path) -> AsyncIterator[PairStack]:
    name = f"ledger{uuid4().hex[:6]}"
    services = pair(name)
    servers.rabbitmqctl("add_vhost", name)
    user = servers.amqp_url.split("//")[1].split(":")[0]
    servers.rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
    url = with_database(servers.amqp_url, name)
    await declare(url, topology(services.values()))
    made = {role: await databases.fresh(service) for role, service in services.items()}
    opened = PairStack(name, servers, name, url, services, made, tmp_path)
    yield opened
    opened.stop()
    servers.rabbitmqctl("delete_vhost", name)


async def test_whatever_dies_nothing_is_lost_doubled_or_left_over(stack: PairStack) -> None:
    rng = random.Random(seed := random.randrange(10**6))
    print(f"seed {seed}")
    subjects = [UUID(int=rng.getrandbits(128)) for _ in range(FACTS)]
    injector, homes = Injector(stack.url), await _tap(stack)
    for role in stack.services:
        stack.start(role)
    await asyncio.sleep(SETTLED_SECONDS)
    began = monotonic()
    async with echoing(stack.url, "tap", homes, injector, rng):
        injecting = asyncio.create_task(injector.inject(subjects, rng))
        kills = await _kill_everything_in_turn(stack, rng)
        await injecting
        outstanding = await _drain(stack)
    await injector.close()
    await report_losses(stack, subjects, injector, kills, outstanding, monotonic() - began)


async def _tap(stack: PairStack) -> dict[str, str]:
    """A queue bound to every event of the two services; the queue of each topic."""
    homes = {
        event.topic: service.queue(event)
        for service in stack.services.values()
        for event in service.subscribes
        if event.topic != "meeting.confirmed"
    }
    async with await open_connection(stack.url) as link, link.channel() as channel:
        tap = await channel.declare_queue("tap", durable=True, arguments={"x-queue-type": "quorum"})
        for topic in homes:
            await tap.bind(EVENTS_EXCHANGE, topic)
    return homes


async def _kill_everything_in_turn(stack: PairStack, rng: random.Random) -> list[str]:
    """Each victim at a share of the way; the next when the one before is back."""
    began = monotonic()
    victims = [victim for _ in range(KILLS) for victim in ("source", "broker", "echo")]
    victims += ["postgres"] * POSTGRES_KILLS
    rng.shuffle(victims)
    whole = FACTS * len(STEPS)
    for n, victim in enumerate(victims, start=1):
        share = whole * 0.8 * n / (len(victims) + 1)
        await _until(partial(_has_reached, stack, share), 60 + FACTS / 20)
        at = await stack.progress()
        await _die_and_come_back(stack, victim)
        print(f"{monotonic() - began:4.0f} s: {victim} killed at {at} of {whole}, started again")
    return victims


async def _die_and_come_back(stack: PairStack, victim: str) -> None:
    servers = stack.servers
    by_name: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "broker": (servers.kill_broker, servers.start_broker),
        "postgres": (servers.kill_postgres, servers.start_postgres),
    }
    fallback = (lambda: stack.kill(victim), lambda: stack.start(victim))
    kill, start = by_name.get(victim, fallback)
    await asyncio.to_thread(kill)
    try:
        await asyncio.sleep(1)
    finally:
        start()  # also when this test is over: others need the servers


async def _has_reached(stack: PairStack, share: float) -> bool:
    try:
        return await stack.progress() >= share
    except (OSError, asyncpg.PostgresError):
        return False


async def _drain(stack: PairStack) -> dict[str, int]:
    """Wait until nothing is on its way any more; what still is when nothing moves."""
    left, since = await _on_its_way(stack), monotonic()
    while left and monotonic() - since < STILL_SECONDS:
        await asyncio.sleep(1)
        before, left = left, await _on_its_way(stack)
        since = since if left == before else monotonic()
    return left


async def _on_its_way(stack: PairStack) -> dict[str, int]:
    """Looked for twice: what changes from outbox to queue between two looks is in neither."""
    return await _count_outstanding(stack) or await _count_outstanding(stack)


async def _count_outstanding(stack: PairStack) -> dict[str, int]:
    found = await asyncio.to_thread(stack.count_queued)
    unsent = await stack.unsent()
    return found | ({"unsent messages": unsent} if unsent else {})


async def report_losses(
    stack: PairStack,
    subjects: list[UUID],
    injector: Injector,
    kills: list[str],
    outstanding: dict[str, int],
    seconds: float,
) -> None:
    effects = await stack.effects()
    answered = injector.acknowledged
    lost = [x for x in answered if any(effects[step][x] < 1 for step in STEPS)]
    doubled = [x for x in subjects if any(effects[step][x] > 1 for step in STEPS)]
    print(
        f"attempted {len(subjects)}, acknowledged {len(answered)}, published {injector.published},"
        f" lost {len(lost)}, double effects {len(doubled)}, outstanding {outstanding or 0},"
        f" killed {len(kills)} ({', '.join(kills)}), {seconds:.0f} s"
    )
    assert len(answered) == len(subjects)
    assert not outstanding, stack.last_words()
    assert not lost, stack.last_words()
    assert not doubled


async def _until(done: Callable[[], Awaitable[bool]], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not await done():
            await asyncio.sleep(0.1)
