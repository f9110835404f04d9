"""The partner exchange and the restricted question on a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import uuid4

import aio_pika
import pytest

from deploy.devstack.servers import Servers
from deploy.services import installed_services
from services.registration.service import SERVICE
from services.registration.settings import RegistrationSettings
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.messaging.connection import open_connection
from shared.messaging.names import PARTNERS_IN, parked_queue, refusal_queue
from shared.messaging.topology import declare, topology
from shared.service.process import ServiceProcess
from shared.service.settings import load
from tests.conftest import with_database
from tests.integration.registration.conftest import PARTNER
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import PATIENCE, until
from tests.unit.registration.people import young

GOOD = young(reference="dossier-1")
WRONG = young(reference="dossier-2", needs=["wings"])
NAMES = ("Arbolin", "Belvoir")
KEY = f"partner.{PARTNER}.mentee.registered"


@pytest.fixture(scope="module")
def vhost(servers: Servers) -> str:
    name = f"registration_{uuid4().hex[:8]}"
    servers.rabbitmqctl("add_vhost", name)
    user = servers.amqp_url.split("//")[1].split(":")[0]
    servers.rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
    return with_database(servers.amqp_url, name)


@pytest.fixture
async def running(
    s: ServiceHarness, partner: str, vhost: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ServiceProcess]:
    """The service with all its parts, on the database of the harness."""
    monkeypatch.setenv("BINOME_AMQP_URL", vhost)
    await declare(vhost, topology(installed_services(), [PARTNER]))
    settings = load(RegistrationSettings, SERVICE.name)
    async with ServiceProcess(SERVICE, settings).running() as runtime:
        yield runtime


async def publish(vhost: str, *bodies: bytes) -> None:
    async with await open_connection(vhost) as link, link.channel() as channel:
        exchange = await channel.get_exchange(PARTNERS_IN, ensure=False)
        for body in bodies:
            message = aio_pika.Message(body, headers={"ce-id": str(uuid4())})
            await exchange.publish(message, KEY, mandatory=True)


async def refusals(vhost: str, count: int) -> list[dict[str, Any]]:
    """That many refusals, as the partner reads them."""
    found = []
    async with (
        asyncio.timeout(PATIENCE),
        await open_connection(vhost) as link,
        link.channel() as channel,
    ):
        queue = await channel.get_queue(refusal_queue(PARTNER))
        async with queue.iterator(no_ack=True) as messages:
            async for message in messages:
                found.append(json.loads(message.body))
                if len(found) == count:
                    break
    return found


async def waiting(vhost: str, queue: str) -> int | None:
    async with await open_connection(vhost) as link, link.channel() as channel:
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count


async def until_true(s: ServiceHarness, query: str) -> None:
    """Wait for the result of a delivery: messages are processed concurrently."""
    await until(partial(s.pool.fetchval, query))


def _body_of(name: str) -> bytes:
    fields = {"email": f"{name}@exemple.fr", "last_name": name, "reference": name}
    return json.dumps(GOOD | fields).encode()


async def test_a_bad_message_goes_back_and_its_neighbours_come_in(
    s: ServiceHarness, running: ServiceProcess, vhost: str
) -> None:
    good = [_body_of(x) for x in NAMES]
    await publish(vhost, good[0], json.dumps(WRONG).encode(), b"\x89PNG", good[1])
    reasons = await refusals(vhost, 2)
    assert sorted(str(body["reference"]) for body in reasons) == ["None", "dossier-2"]
    assert {body["errors"][0]["code"] for body in reasons} == {"unknown", "not_json"}
    await until_true(s, "SELECT count(*) = 2 FROM requests")
    assert await s.pool.fetchval("SELECT count(*) FROM requests") == 2
    assert await waiting(vhost, parked_queue("registration.partners")) == 0


async def test_the_contact_is_answered_and_never_queued(
    s: ServiceHarness, running: ServiceProcess, vhost: str
) -> None:
    await publish(vhost, json.dumps(GOOD).encode())
    await until_true(s, "SELECT count(*) = 1 FROM persons")
    person = await s.pool.fetchval("SELECT id FROM persons")
    question = ContactAsked(recipient="mentee", person=str(person), purpose="mentee_registered")
    given = await running.call(CONTACT_QUEUE, question, ContactGiven)
    assert given.email == "ines.marchandeau@exemple.fr"
    assert await s.pool.fetchval("SELECT count(*) FROM ledger") == 1
