"""Real processes on a real broker, killed with -9 in the middle: nobody gets a mail twice."""

import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import asyncpg
import pytest

from deploy.devstack.servers import Servers
from services.notification.service import SERVICE
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.events import MenteeRegistered, MessageSent
from shared.messaging.connection import open_connection
from shared.messaging.names import EVENTS_EXCHANGE
from shared.messaging.topology import declare, topology
from shared.persistence.transaction import Transaction
from shared.service.definition import RpcEndpoint, Service
from tests.conftest import Databases, with_database
from tests.integration.notification.mail_server import MailServer
from tests.support.waiting import PATIENCE, until

pytestmark = pytest.mark.resilience

PEOPLE = 120
KILLS = 2
PROGRAM = """
from services.notification.service import SERVICE
from shared.service.asgi import serve

serve(SERVICE)
"""


class Replica:
    """A process of notification that can be killed and started again."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self.log = log
        self.process: asyncio.subprocess.Process

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", PROGRAM, env=self._environment, stdout=log, stderr=log
            )

    async def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return await self.process.wait()


async def nobody(_: Any, __: Transaction) -> Any:
    """Only the queues are wanted; `registration` below answers."""


REGISTRATION = Service(
    "registration",
    __package__,
    "",
    subscribes={MessageSent: nobody},
    rpc_endpoints={CONTACT_QUEUE: RpcEndpoint(ContactAsked, nobody)},
)


@asynccontextmanager
async def registration(url: str) -> AsyncIterator[None]:
    """Answers every question for a contact: the address is made of the id."""
    async with await open_connection(url) as link, link.channel() as channel:

        async def answer(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            given = [
                ContactGiven(
                    found=True, first_name="Inès", email=f"{asked.person}@exemple.example"
                ).model_dump(mode="json")
                for asked in map(ContactAsked.model_validate, json.loads(message.body))
            ]
            reply = aio_pika.Message(
                json.dumps(given).encode(), correlation_id=message.correlation_id
            )
            await channel.default_exchange.publish(reply, message.reply_to or "")

        queue = await channel.get_queue(CONTACT_QUEUE, ensure=False)
        await queue.consume(answer, no_ack=True)
        yield


async def publish_twice(url: str) -> list[str]:
    """Every registration delivered twice, shuffled; returns the ids of the young people."""
    events = [
        MenteeRegistered(
            request_id=uuid4(), mentee_id=uuid4(), door="api", registered_at=datetime.now(UTC)
        )
        for _ in range(PEOPLE)
    ]
    deliveries = [(event, str(uuid4())) for event in events] * 2
    random.shuffle(deliveries)
    async with await open_connection(url) as link, link.channel() as channel:
        exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
        for event, event_id in deliveries:
            body = event.model_dump_json().encode()
            message = aio_pika.Message(body, headers={"ce-id": event_id}, delivery_mode=2)
            await exchange.publish(message, event.topic)
    return [str(event.mentee_id) for event in events]


@pytest.fixture
async def environment(
    servers: Servers, databases: Databases, mail_server: MailServer, tmp_path: Path
) -> dict[str, str]:
    """Environment of a notification with queues and a database of its own."""
    name = f"test_{uuid4().hex[:12]}"
    servers.rabbitmqctl("add_vhost", name)
    user = servers.amqp_url.split("//")[1].split(":")[0]
    servers.rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
    url = with_database(servers.amqp_url, name)
    await declare(url, topology([SERVICE, REGISTRATION]))
    mail_server.folder = tmp_path / "mailbox"
    mail_server.folder.mkdir()
    return {
        **os.environ,
        "BINOME_AMQP_URL": url,
        "BINOME_DATABASE_URL": await databases.fresh(SERVICE),
        "BINOME_SMTP_URL": mail_server.url,
        "BINOME_SMS_PROVIDER": "local",
        "BINOME_MAILBOX_DIR": str(mail_server.folder),
        "BINOME_NOTIFICATION_SEND_TIMEOUT": "3",
        "BINOME_NOTIFICATION_LEASE": "6",
        "BINOME_NOTIFICATION_PARALLEL": "4",
        "BINOME_PORT": "0",
    }


@pytest.fixture
async def replicas(environment: dict[str, str], tmp_path: Path) -> AsyncIterator[list[Replica]]:
    """Two processes; whatever happens, they do not outlive the test."""
    started = [Replica(environment, tmp_path / f"log{number}") for number in range(2)]
    for replica in started:
        await replica.start()
    yield started
    for replica in started:
        if replica.process.returncode is None:
            await replica.end(signal.SIGKILL)


async def test_killed_with_minus_nine_nobody_gets_a_mail_twice(
    environment: dict[str, str], replicas: list[Replica], mail_server: MailServer
) -> None:
    mail_server.slow_seconds = 0.05  # so that a kill falls into the middle of sending
    async with registration(environment["BINOME_AMQP_URL"]):
        people = await publish_twice(environment["BINOME_AMQP_URL"])
        for kill in range(1, KILLS + 1):
            await mails(mail_server, kill * PEOPLE // (KILLS + 1))
            victim = replicas[kill % 2]
            assert await victim.end(signal.SIGKILL) == -signal.SIGKILL
            await victim.start()
        await wait_until_delivered(environment["BINOME_DATABASE_URL"])
    for replica in replicas:
        assert await replica.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    got = Counter(mail["To"].partition("@")[0] for mail in mail_server.received)
    assert got == Counter(people)
    logs = "".join(replica.log.read_text() for replica in replicas)
    assert "exemple.example" not in logs
    assert "Inès" not in logs


async def mails(server: MailServer, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(server.received) < count:
            await asyncio.sleep(0.01)


async def wait_until_delivered(url: str) -> None:
    """Wait until every message is delivered, and no other was made."""
    connection = await asyncpg.connect(url)
    delivered = "SELECT count(*) FROM messages WHERE state = 'delivered'"

    async def all_are_delivered() -> bool:
        return bool(await connection.fetchval(delivered) >= PEOPLE)

    await until(all_are_delivered)
    assert await connection.fetchval("SELECT count(*) FROM messages") == PEOPLE
    await connection.close()
