"""Servers that die and come back: nothing is lost, and readiness tells the truth meanwhile."""

import asyncio

from tests.integration.runtime.conftest import a_meeting


async def test_the_broker_dies_and_comes_back(connected, servers):
    c = await connected()
    await c.state(a_meeting())
    await c.until_noted(1)
    await asyncio.to_thread(servers.kill_broker)
    for _ in range(20):
        await c.state(a_meeting())
    await asyncio.sleep(3)
    assert not await c.attached()
    await asyncio.to_thread(servers.start_broker)
    await c.until_ready(60)
    await c.state(a_meeting())
    await c.until_noted(22, 30)
