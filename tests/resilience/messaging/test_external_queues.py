"""A message from outside when the broker is killed."""

import asyncio
from dataclasses import replace
from uuid import uuid4

from deploy.devstack.servers import Servers
from shared.persistence.transaction import Transaction
from shared.service.definition import InboundMessage
from tests.integration.shared.conftest import Connect
from tests.integration.shared.test_external_queues import PartnerQueue, nothing_aside, send
from tests.resilience.messaging.kills import broker_away
from tests.support.waiting import until


async def test_it_is_taken_once_and_acknowledged(
    connected: Connect, partner: PartnerQueue, servers: Servers
) -> None:
    going_on = asyncio.Event()

    async def slow(message: InboundMessage, tx: Transaction) -> None:
        await partner.take(message, tx)
        await going_on.wait()

    c = await connected(external_queues=(replace(partner.external_queue(), handler=slow),))
    await send(c, b"a", str(uuid4()))

    async def in_hand() -> bool:
        return bool(partner.read)

    await until(in_hand)
    async with broker_away(servers):
        going_on.set()
        await c.until_noted(1)
    await c.until_ready()

    async def is_acknowledged() -> bool:
        return await c.count(partner.queue) == 0 and c.outcomes().get("repeated", 0) >= 1

    await until(is_acknowledged)
    assert len(await c.read_notes()) == 1
    assert await nothing_aside(c, partner)
