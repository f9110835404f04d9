"""All services in one process, with a broker's virtual host and a mail server of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI

from deploy.devstack.servers import Servers
from deploy.services import installed_services
from shared.messaging.policy import DEFAULT_POLICY
from shared.messaging.topology import declare, topology
from shared.service.asgi import build
from tests.conftest import Databases, with_database
from tests.integration.notification.mail_server import MailServer

PARTNER = "lycees"
UNWATCHED = replace(DEFAULT_POLICY, health_interval=3600)
"""On a machine that is busy with other things the broker may not answer a look in time."""


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
) -> AsyncIterator[dict[str, FastAPI]]:
    """The application of each service, on a database of its own, started in this process."""
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
            service.name: await _start(build(service), stack) for service in installed_services()
        }


async def _start(app: FastAPI, stack: AsyncExitStack) -> FastAPI:
    app.state.runtime.policy = UNWATCHED
    await stack.enter_async_context(app.router.lifespan_context(app))
    return app
