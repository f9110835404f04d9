"""What each service's account may publish, tried on a real broker."""

import asyncio
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused

from deploy.devstack.accounts import BrokerUser, admit, amqp_url, service_user
from deploy.devstack.servers import Servers
from deploy.services import installed_services
from shared.contracts.events import EVENTS
from shared.messaging.connection import open_connection
from shared.messaging.names import EVENTS_EXCHANGE, retry_exchange
from shared.messaging.topology import declare, topology
from shared.service.definition import Service
from shared.service.settings import SERVICES
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.xdist_group("rights")

STATED = {
    service.name: {event.topic for event in service.publishes} for service in installed_services()
}
each_service = pytest.mark.parametrize("service", installed_services(), ids=lambda x: x.name)


@pytest.fixture(scope="module")
def users(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, BrokerUser]:
    """The accounts of all services, on a broker that holds the whole topology."""
    made = {name: service_user(name, uuid4().hex) for name in SERVICES}
    admit(servers, tmp_path_factory.mktemp("accounts"), made.values())
    asyncio.run(declare(amqp_url(servers), topology(installed_services())))
    return made


async def _publish(
    url: str, exchange: str, key: str, headers: Any = None, expires: float | None = None
) -> None:
    async with await open_connection(url) as link, link.channel() as channel:
        target = await channel.get_exchange(exchange, ensure=False)
        message = aio_pika.Message(b"{}", headers=headers, expiration=expires)
        await target.publish(message, key, mandatory=False)


async def _take(channel: AbstractChannel, queue: str) -> aio_pika.abc.AbstractIncomingMessage:
    """What reaches a queue, once it is there."""
    held = await channel.get_queue(queue, ensure=False)
    async with asyncio.timeout(PATIENCE):
        while (message := await held.get(no_ack=True, fail=False)) is None:
            await asyncio.sleep(0.05)
    return message


@each_service
async def test_a_service_publishes_its_own_topics_and_nothing_else(
    servers: Servers, users: dict[str, BrokerUser], service: Service
) -> None:
    url = amqp_url(servers, users[service.name])
    for topic in sorted(EVENTS):
        if topic in STATED[service.name]:
            await _publish(url, EVENTS_EXCHANGE, topic)
            continue
        with pytest.raises(ChannelAccessRefused):
            await _publish(url, EVENTS_EXCHANGE, topic)


async def test_a_retry_queue_leads_to_no_other_service(
    servers: Servers, users: dict[str, BrokerUser]
) -> None:
    """A message leaves it under the routing keys that its sender chose, copies included."""
    url, exchange = amqp_url(servers, users["followup"]), retry_exchange("followup", 5)
    ours, theirs = "followup.pair.introduced", "notification.pair.confirmed"
    async with await open_connection(amqp_url(servers)) as link, link.channel() as channel:
        for queue in (ours, theirs):
            await (await channel.get_queue(queue, ensure=False)).purge()
        await _publish(url, exchange, theirs, {"CC": [ours]}, expires=0.1)
        assert (await _take(channel, ours)).exchange == "followup.return"
        held = await channel.declare_queue(theirs, passive=True)
        assert held.declaration_result.message_count == 0
