"""On a good day nobody is warned: people register, are thanked, and no log line asks for a look."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import aio_pika
import asyncpg
import pytest
import structlog

from deploy.devstack.servers import Servers
from deploy.services import installed_services
from shared.messaging.names import PARTNERS_IN
from shared.messaging.policy import DEFAULT_POLICY
from shared.messaging.topology import declare, topology
from shared.service.process import ServiceProcess
from shared.service.settings import load
from tests.conftest import Databases, with_database
from tests.integration.notification.mail_server import MailServer
from tests.unit.registration.people import volunteer, young

PARTNER = "lycees"
UNWATCHED = replace(DEFAULT_POLICY, health_interval=3600)
"""On a machine that is busy with other things the broker may not answer a look in time."""
PEOPLE = 20


@pytest.fixture(scope="module")
def own_vhost(servers: Servers) -> str:
    name = f"quiet_{uuid4().hex[:8]}"
    servers.rabbitmqctl("add_vhost", name)
    user = servers.amqp_url.split("//")[1].split(":")[0]
    servers.rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
    return with_database(servers.amqp_url, name)


@pytest.fixture
async def mail_server(tmp_path: Path) -> AsyncIterator[MailServer]:
    server = MailServer()
    server.folder = tmp_path
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def running(
    own_vhost: str,
    databases: Databases,
    mail_server: MailServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[dict[str, ServiceProcess]]:
    """All services, each on a database of its own, started in this process."""
    for name, value in {
        "AMQP_URL": own_vhost,
        "SMTP_URL": mail_server.url,
        "SMS_PROVIDER": "local",
        "MAILBOX_DIR": str(tmp_path),
        "ERASURE_JOURNAL": str(tmp_path / "journal"),
    }.items():
        monkeypatch.setenv(f"BINOME_{name}", value)
    for service in installed_services():
        url = await databases.fresh(service)
        monkeypatch.setenv(f"BINOME_{service.name.upper()}_DATABASE_URL", url)
        for variable, further in (await databases.further(service)).items():
            monkeypatch.setenv(variable, further)
    await declare(own_vhost, topology(installed_services(), [PARTNER]))
    async with AsyncExitStack() as stack:
        yield {
            service.name: await stack.enter_async_context(
                ServiceProcess(service, load(service.settings, service.name), UNWATCHED).running()
            )
            for service in installed_services()
        }


async def send(url: str, side: str, person: dict[str, object]) -> None:
    async with await aio_pika.connect(url) as link, link.channel() as channel:
        partners = await channel.get_exchange(PARTNERS_IN, ensure=False)
        letter = aio_pika.Message(json.dumps(person).encode(), headers={"ce-id": str(uuid4())})
        await partners.publish(letter, f"partner.{PARTNER}.{side}.registered", mandatory=True)


def named(n: int, side: str) -> dict[str, str]:
    letter = "abcdefghijklmnopqrstuvwxyz"[n]
    return {"last_name": f"Bel{letter}voir", "email": f"{side}{n}@exemple.fr"}


async def test_a_quiet_run_logs_no_warning(
    running: dict[str, ServiceProcess], own_vhost: str, mail_server: MailServer
) -> None:
    with structlog.testing.capture_logs() as lines:
        await add_partner(running["registration"].pool)
        for n in range(PEOPLE // 2):
            await send(own_vhost, "mentee", young(**named(n, "mentee")))
            await send(own_vhost, "mentor", volunteer(**named(n, "mentor")))
        async with asyncio.timeout(60):
            while len({mail["To"] for mail in mail_server.received}) < PEOPLE:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await asyncio.sleep(1)
    loud = [line for line in lines if line["log_level"] not in ("debug", "info")]
    assert loud == []


async def add_partner(pool: asyncpg.Pool) -> None:
    await pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ($1, $2, now())", PARTNER, b"k"
    )
