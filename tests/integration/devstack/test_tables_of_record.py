"""What the roles of each database may do, tried on a real PostgreSQL."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.devstack.databases import Addresses, drop_databases, make_databases
from deploy.devstack.secret_store import Secrets
from deploy.devstack.servers import Servers
from deploy.services import get_service, installed_services
from shared.persistence.grants import Roles
from shared.persistence.migrate import migrate
from shared.service.definition import Service
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("tables_of_record")

REFUSED = asyncpg.InsufficientPrivilegeError
A_LOOK = (
    "INSERT INTO ledger (at, actor, person_id, what, reason)"
    " VALUES (now(), 'camille@tandem', gen_random_uuid(), 'identity', 'coordination')"
)


async def run_migration(service: Service, addresses: Addresses) -> list[str]:
    roles = Roles.of(addresses.service)
    return await migrate(addresses.migration, service.package, roles=roles, records=service.records)


@pytest.fixture(scope="module")
def databases(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Addresses]]:
    """The databases of all services, migrated by the roles that own them."""
    folder = tmp_path_factory.mktemp("roles")
    names = [service.name for service in installed_services()]
    made = make_databases(servers, folder, names, Secrets(folder))
    for service in installed_services():
        asyncio.run(run_migration(service, made[service.name]))
    yield made
    drop_databases(servers, folder, names)


@pytest.fixture
async def registration(databases: dict[str, Addresses]) -> AsyncIterator[asyncpg.Connection]:
    """Registration's own role."""
    connection = await asyncpg.connect(databases["registration"].service)
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE ledger",
        "DELETE FROM ledger",
        "SET binome.retention = 'on'; DELETE FROM ledger",
        "UPDATE ledger SET actor = 'nobody'",
        "DROP TRIGGER ledger_stays ON ledger",
        "ALTER TABLE ledger DISABLE TRIGGER ALL",
        "DROP TABLE ledger",
        "SET ROLE binome_registration_retention",
        "SET ROLE binome_registration_migration",
    ],
)
async def test_the_ledger_only_grows_for_its_own_service(
    registration: asyncpg.Connection, statement: str
) -> None:
    await registration.execute(A_LOOK)
    before = await registration.fetchval("SELECT count(*) FROM ledger")
    with pytest.raises(REFUSED):
        await registration.execute(statement)
    assert await registration.fetchval("SELECT count(*) FROM ledger") == before


async def test_retention_takes_away_old_rows_of_the_ledger_and_does_nothing_else(
    databases: dict[str, Addresses], registration: asyncpg.Connection
) -> None:
    await registration.execute(A_LOOK)
    retention = await asyncpg.connect(databases["registration"].retention)
    for statement in ("TRUNCATE ledger", A_LOOK, "SELECT * FROM persons", "DELETE FROM requests"):
        with pytest.raises(REFUSED):
            await retention.execute(statement)
    await retention.execute("DELETE FROM ledger WHERE at < now()")
    assert await retention.fetchval("SELECT count(*) FROM ledger") == 0
    await retention.close()


OLD = "UPDATE ledger SET at = now() - interval '4 years'"
LEFT = "SELECT count(*) FROM ledger"


def job_of_retention(addresses: Addresses, *options: str) -> subprocess.Popen[str]:
    """`binome retention --ledger` with one address in its environment."""
    command = [sys.executable, "-m", "deploy.cli.main", "retention", "--ledger", *options]
    settings = {"BINOME_REGISTRATION_RETENTION_DATABASE_URL": addresses.retention}
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=settings | path, stdout=subprocess.PIPE, text=True)


async def test_the_job_takes_old_rows_of_the_ledger_away_and_needs_no_key(
    databases: dict[str, Addresses], registration: asyncpg.Connection
) -> None:
    """Seen: `binome retention` needs the master key, so nothing in the composed stack did it."""
    owner = await asyncpg.connect(databases["registration"].migration)
    await registration.execute(A_LOOK)
    await owner.execute("ALTER TABLE ledger DISABLE TRIGGER ALL")
    await owner.execute(OLD)
    await owner.execute("ALTER TABLE ledger ENABLE TRIGGER ALL")
    await owner.close()
    await registration.execute(A_LOOK)
    old = await registration.fetchval(LEFT) - 1
    done = job_of_retention(databases["registration"])
    output, _ = await asyncio.to_thread(done.communicate)
    assert (done.returncode, output.split()[0]) == (0, str(old))
    assert await registration.fetchval(LEFT) == 1, "what is young stays"


async def test_the_daily_job_goes_on_until_a_signal(
    databases: dict[str, Addresses],
) -> None:
    with job_of_retention(databases["registration"], "--daily") as job:
        assert job.stdout is not None
        assert "registre des accès" in await asyncio.to_thread(job.stdout.readline)
        assert job.poll() is None, "it waits for tomorrow"
        job.terminate()


async def test_a_policy_is_kept_for_ever(databases: dict[str, Addresses]) -> None:
    connection = await asyncpg.connect(databases["matching"].service)
    for statement in ("TRUNCATE policies CASCADE", "UPDATE policies SET content = '{}'"):
        with pytest.raises(REFUSED):
            await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("name", [service.name for service in installed_services()])
async def test_a_service_changes_rows_and_no_table(
    databases: dict[str, Addresses], name: str
) -> None:
    connection = await asyncpg.connect(databases[name].service)
    await connection.execute("DELETE FROM inbox")
    for statement in (
        "CREATE TABLE mine (id int)",
        "ALTER TABLE outbox ADD COLUMN mine int",
        "TRUNCATE outbox",
        "DELETE FROM migrations",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):
        with pytest.raises(REFUSED):
            await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("name", [service.name for service in installed_services()])
async def test_a_service_owns_nothing(databases: dict[str, Addresses], name: str) -> None:
    connection = await asyncpg.connect(databases[name].service)
    owned = await connection.fetch(
        "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
    )
    assert owned == []
    await connection.close()


async def test_a_table_of_a_later_migration_is_granted_too(
    databases: dict[str, Addresses],
) -> None:
    addresses = databases["followup"]
    owner = await asyncpg.connect(addresses.migration)
    await owner.execute("CREATE TABLE later (id bigserial PRIMARY KEY)")
    service = await asyncpg.connect(addresses.service)
    await service.execute("INSERT INTO later DEFAULT VALUES; DELETE FROM later")
    with pytest.raises(REFUSED):
        await service.execute("TRUNCATE later")
    assert await run_migration(get_service("followup"), addresses) == []
    for connection in (owner, service):
        await connection.close()


async def test_a_database_of_an_earlier_version_changes_its_owner(
    servers: Servers, tmp_path: Path, databases: dict[str, Addresses]
) -> None:
    """There the service's own role owned everything that it migrated."""
    addresses = databases["notification"]
    name = addresses.service.rpartition("/")[2]
    admin = await asyncpg.connect(servers.postgres_url.rpartition("/")[0] + f"/{name}")
    await admin.execute(f"ALTER DATABASE {name} OWNER TO {name}")
    await admin.execute(f"ALTER TABLE messages OWNER TO {name}")
    await admin.close()
    folder = tmp_path / "again"
    folder.mkdir()
    made = make_databases(servers, folder, ["notification"], Secrets(folder))["notification"]
    assert await run_migration(get_service("notification"), made) == []
    service = await asyncpg.connect(made.service)
    await service.execute("DELETE FROM messages")
    with pytest.raises(REFUSED):
        await service.execute("DROP TABLE messages")
    await service.close()
