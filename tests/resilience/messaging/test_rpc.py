"""Requests and replies across the death of the broker."""

import asyncio

import pytest

from deploy.devstack.servers import Servers
from shared.messaging.rpc import RpcClient
from shared.service.errors import TRANSIENT_ERRORS
from tests.integration.shared.conftest import Connected
from tests.integration.shared.test_rpc import ask
from tests.resilience.messaging.kills import broker_away


async def test_after_the_brokers_death_questions_are_answered_again(
    answering: Connected, rpc_client: RpcClient, servers: Servers
) -> None:
    assert await ask(rpc_client, 1) == 1
    waiting = asyncio.create_task(ask(rpc_client, 2, 4))
    await asyncio.sleep(0.5)
    async with broker_away(servers):
        with pytest.raises(TRANSIENT_ERRORS):
            await waiting
        with pytest.raises(TRANSIENT_ERRORS):
            await ask(rpc_client, 3)
    await answering.until_ready()
    assert await asyncio.gather(*(ask(rpc_client, n) for n in range(5))) == list(range(5))
