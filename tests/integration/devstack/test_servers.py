"""Private servers: two sets side by side, other servers untouched, data kept after a crash."""

import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest

from deploy.devstack.processes import family
from deploy.devstack.servers import Servers, private_servers
from shared.messaging.connection import open_connection
from tests.integration.devstack.conftest import quiet, running

STANDARD_PORTS = (5672, 5432, 4369)


class OtherServers:
    """Listens on the standard ports, as a system's own servers do, and counts its clients."""

    def __init__(self) -> None:
        self.listeners = [one for port in STANDARD_PORTS if (one := self._listen(port))]

    @staticmethod
    def _listen(port: int) -> socket.socket | None:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            return None  # a real one is there; then that one is in our place

    def count_clients(self) -> int:
        return sum(map(self._has_client, self.listeners))

    @staticmethod
    def _has_client(listener: socket.socket) -> bool:
        listener.setblocking(False)
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def other_servers() -> Iterator[OtherServers]:
    found = OtherServers()
    yield found
    for listener in found.listeners:
        listener.close()


KEPT = """
CREATE TABLE kept (n int, mail text UNIQUE);
INSERT INTO kept VALUES (1, 'camille@exemple.invalid');
"""


async def leave_something(servers: Servers) -> tuple[str, str]:
    """Leave a durable queue and a row; answer with the names of node and cluster."""
    connection = await open_connection(servers.amqp_url)
    async with connection, connection.channel() as channel:
        await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
    database = await asyncpg.connect(servers.postgres_url)
    await database.execute(KEPT)
    with pytest.raises(asyncpg.UniqueViolationError):
        await database.execute("INSERT INTO kept VALUES (1, 'camille@exemple.invalid')")
    port = await database.fetchval("SHOW port")
    await database.close()
    return servers.broker.node if servers.broker else "", str(port)


async def is_still_there(servers: Servers) -> bool:
    connection = await open_connection(servers.amqp_url)
    async with connection, connection.channel() as channel:
        await channel.declare_queue("kept", passive=True)
    database = await asyncpg.connect(servers.postgres_url)
    rows = await database.fetchval("SELECT count(*) FROM kept")
    # What a commit promises here is what it promises in production.
    promises = [await database.fetchval(f"SHOW {x}") for x in ("fsync", "synchronous_commit")]
    await database.close()
    return bool(rows == 1 and promises == ["on", "on"])


def pids(servers: Servers) -> list[int]:
    return [member.pid for mark in servers.marks().values() for member in family(mark)]


@pytest.mark.slow
async def test_two_sets_live_side_by_side(runs: Path, other_servers: OtherServers) -> None:
    with ExitStack() as both:
        with ThreadPoolExecutor(2) as at_once:
            sets = [private_servers(runs / name, quiet) for name in ("one", "two")]
            one, two = at_once.map(both.enter_context, sets)
        assert await leave_something(one) != await leave_something(two)
        started = pids(one) + pids(two)
        assert len(running(started)) == len(started) > 6
        no_secret_is_in_sight(one, runs / "one")

        one.kill_broker()
        one.kill_postgres()
        assert await is_still_there(two)
        one.start_broker()
        one.start_postgres()
        assert await is_still_there(one)
        started += pids(one)

    assert running(started) == []
    for log in (runs / "one" / "logs").iterdir():
        assert "camille" not in log.read_text(), log
    assert other_servers.count_clients() == 0
    left = sorted(file.name for file in (runs / "one").iterdir())
    assert left == ["lock", "logs", "secrets.json"]


def no_secret_is_in_sight(servers: Servers, folder: Path) -> None:
    """No file of the folder is readable by others, and no command line holds a secret."""
    assert servers.broker
    assert servers.postgres
    secrets = [servers.broker.password, servers.broker.cookie, servers.postgres.password]
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    assert [file for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077] == []
    for file in [Path(f"/proc/{pid}/cmdline") for pid in pids(servers)]:
        content = file.read_text(errors="replace")
        assert not [1 for secret in secrets if secret in content], file
