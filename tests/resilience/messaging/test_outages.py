"""Servers that die and come back: nothing is lost, and readiness is right meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import structlog

from deploy.devstack.servers import Servers
from shared.contracts.events import MeetingConfirmed
from shared.persistence.transaction import Transaction
from tests.integration.shared.conftest import QUICK, Connect, Connected, a_meeting, note
from tests.integration.shared.tcp_gate import Gate
from tests.resilience.messaging.kills import broker_away, database_away
from tests.support.waiting import until


async def unsent(c: Connected) -> int:
    return int(await c.pool.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL"))


async def test_the_broker_dies_and_comes_back(connected: Connect, servers: Servers) -> None:
    c = await connected()
    await c.state(a_meeting())
    await c.until_noted(1)
    with structlog.testing.capture_logs() as lines:
        async with broker_away(servers):
            for _ in range(20):
                await c.state(a_meeting())
            assert await unsent(c) == 20
            assert not await c.is_attached()
        await c.until_ready()

        async def is_logged() -> bool:
            return "broker.reached" in [line["event"] for line in lines]

        await until(is_logged)
    assert "broker.unreachable" in [line["event"] for line in lines]
    await c.state(a_meeting())
    await c.until_noted(22)
    assert await unsent(c) == 0


async def test_the_broker_dies_with_deliveries_in_hand(
    connected: Connect, servers: Servers
) -> None:
    going_on = asyncio.Event()

    async def slow(event: MeetingConfirmed, tx: Transaction) -> None:
        await note(event, tx)
        await going_on.wait()

    c = await connected(slow)
    meetings = [a_meeting() for _ in range(30)]
    for meeting in meetings:
        await c.state(meeting)

    async def in_hand() -> bool:
        return await c.count(c.queue) == 0 and await unsent(c) == 0

    await until(in_hand)
    async with broker_away(servers):
        going_on.set()
        await c.until_noted(1)
    await c.until_ready()
    await c.state(a_meeting())
    await c.until_noted(31)

    async def is_acknowledged() -> bool:
        return await c.count(c.queue) == 0

    await until(is_acknowledged)
    assert len(await c.read_notes()) == 31


async def test_the_database_dies_and_deliveries_wait_in_hand_without_a_count(
    connected: Connect, servers: Servers
) -> None:
    c = await connected()
    await c.state(a_meeting())
    await c.until_noted(1)
    async with database_away(servers):
        for _ in range(20):
            await c.publish_event(a_meeting())
        await asyncio.sleep(3)
    await c.until_noted(21)
    await until(lambda: _is_done(c, 21))
    assert c.outcomes() == {"done": 21}
    assert await c.count(c.parked_queue) == 0


class Ways:
    """Makes the gate before a service's database."""

    def __init__(self) -> None:
        self.gates: list[Gate] = []

    def __call__(self, url: str) -> str:
        self.gates.append(Gate(url))
        return self.gates[-1].url


@pytest.fixture
async def ways() -> AsyncIterator[Ways]:
    made = Ways()
    yield made
    for gate in made.gates:
        await gate.shut()


async def test_a_database_that_swallows_everything_is_waited_for(
    connected: Connect, ways: Ways
) -> None:
    """No refusal and no answer, with a group in the middle of its work."""
    policy = replace(QUICK, command_timeout=4)
    begun, going_on = asyncio.Event(), asyncio.Event()

    async def slow(event: MeetingConfirmed, tx: Transaction) -> None:
        begun.set()
        await going_on.wait()
        await note(event, tx)

    c = await connected(slow, gates=(str, ways), policy=policy)
    (gate,) = ways.gates
    await gate.open()
    for _ in range(10):
        await c.publish_event(a_meeting())
    await begun.wait()
    gate.freeze()
    going_on.set()
    await asyncio.sleep(policy.command_timeout + 2)
    await gate.shut()
    await gate.open()
    await c.until_noted(10)
    assert await c.count(c.parked_queue) == 0
    await until(lambda: _is_done(c, 10))


async def _is_done(c: Connected, count: int) -> bool:
    return c.outcomes().get("done") == count
