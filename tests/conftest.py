"""Servers for each process of a run, a fresh database for each test that wants one."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import settings

from deploy.devstack.servers import Servers, private_servers, start, stop
from shared.persistence.database import open_pool
from shared.persistence.migrate import migrate
from shared.service.definition import Service
from tests.support.clock import ManualClock
from tests.support.service_harness import HarnessFactory, ServiceHarness, set_up
from tests.support.waiting import PATIENCE

ROOT = Path(__file__).parent.parent

# Long enough to be accepted, worthless elsewhere.
os.environ.setdefault("BINOME_SECRET_KEY", "only-for-tests-" * 4)
os.environ.setdefault("BINOME_MASTER_KEY", base64.b64encode(b"only-for-tests!!" * 2).decode())
os.environ.setdefault("BINOME_ACCEPT_FICTIONAL_NUMBERS", "1")

# `make test` draws few examples, `make test-all` many (--hypothesis-profile=full).
settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("full", max_examples=120, deadline=None)
settings.load_profile("quick")


RUN = os.environ.setdefault("BINOME_TEST_RUN", str(os.getpid()))
"""The same in pytest's own process and in those of pytest-xdist, which it starts."""


def run_folder(kind: str) -> Path:
    """A folder for servers of this run; what runs there is stopped at its end, whatever happens."""
    return ROOT / ".local" / f"{kind}-{RUN}-{uuid4().hex[:6]}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """After Ctrl-C pytest-xdist gives its processes ten seconds, which a busy machine needs to
    stop a server: what is left is stopped here."""
    if not hasattr(session.config, "workerinput"):
        for folder in (ROOT / ".local").glob(f"*-{RUN}-*"):
            stop(folder, keep_data=False)


@pytest.hookimpl(tryfirst=True)  # before -m chooses by them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder in ("browser", "resilience"):
            item.add_marker(folder)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Real RabbitMQ and PostgreSQL, of this process alone: nobody else's test can disturb them.

    BINOME_TEST_SERVERS names a folder whose servers outlive the run. A worker of pytest-xdist
    takes that name with its own behind it, so that no two share a server.
    """
    kept = os.environ.get("BINOME_TEST_SERVERS")
    if kept:
        names = filter(None, (kept, os.environ.get("PYTEST_XDIST_WORKER")))
        yield start((ROOT / "-".join(names)).resolve(), durable=False)
        return
    with private_servers(run_folder("test"), durable=False) as found:
        yield found


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


class Databases:
    """Fresh databases from one migrated template per package, so that a test costs 50 ms."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._templates: dict[str, str] = {}
        self._made: set[str] = set()

    async def fresh(self, service: Service) -> str:
        """URL of a new, migrated, empty database."""
        return await self._copy(await self._template(service.package))

    async def further(self, service: Service) -> dict[str, str]:
        """The same for the further databases of a service: environment variable → URL."""
        return {
            variable: await self._copy(await self._template(service.package, folder))
            for variable, folder in service.databases.items()
        }

    async def _copy(self, template: str) -> str:
        name = f"test_{uuid4().hex[:12]}"
        self._made.add(name)
        await self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return with_database(self._url, name)

    async def drop(self, url: str) -> None:
        """Give the space of a database back: there are thousands in a run."""
        await self._drop(urlsplit(url).path.removeprefix("/"))

    async def drop_all(self) -> None:
        """Whatever nobody has dropped by the end of the run, templates too: in servers that are
        kept they would fill the disk."""
        for name in sorted(self._made):
            await self._drop(name)

    async def _drop(self, name: str) -> None:
        await self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.discard(name)

    async def _template(self, package: str, folder: str = "") -> str:
        key = f"{package}/{folder}"
        if key not in self._templates:
            name = f"template_{uuid4().hex[:12]}"
            self._made.add(name)
            await self._admin(f'CREATE DATABASE "{name}"')
            await migrate(with_database(self._url, name), package, folder)
            self._templates[key] = name
        return self._templates[key]

    async def _admin(self, statement: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def databases(servers: Servers) -> Iterator[Databases]:
    made = Databases(servers.postgres_url)
    yield made
    asyncio.run(made.drop_all())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def make_harness(
    databases: Databases,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[HarnessFactory]:
    """Awaited with a service: that service on a fresh database, without a broker."""
    pools: list[asyncpg.Pool] = []
    clients = []
    made_databases: list[str] = []
    resources = AsyncExitStack()

    async def make(service: Service) -> ServiceHarness:
        url = await databases.fresh(service)
        monkeypatch.setenv("BINOME_DATABASE_URL", url)
        journal = tmp_path_factory.mktemp("erasures") / "journal"
        monkeypatch.setenv("BINOME_ERASURE_JOURNAL", str(journal))
        made_databases.append(url)
        for variable, further in (await databases.further(service)).items():
            made_databases.append(further)
            monkeypatch.setenv(variable, further)
        for resource in service.resources:
            await resources.enter_async_context(resource())
        monkeypatch.setenv("BINOME_AMQP_URL", "amqp://nobody@127.0.0.1:1/none")
        pool = await open_pool(url, command_timeout=PATIENCE)
        pools.append(pool)
        made = await set_up(service, pool, clock)
        clients.append(made.client)
        return made

    async with resources:
        yield make
    for client in clients:
        await client.aclose()
    for pool in pools:
        await pool.close()
    for one in made_databases:
        await databases.drop(one)
