"""Private servers: two sets in peace, strangers left alone, data kept through a crash."""

import os
import signal
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import aio_pika
import asyncpg
import pytest

from deploy.local import servers as local
from deploy.local.processes import Mark, family
from deploy.local.record import FolderInUseError
from deploy.local.servers import Servers, private_servers
from tests.integration.local.conftest import running

STANDARD_PORTS = (5672, 5432, 4369)


def quiet(_: str) -> None:
    """Nobody listens."""


class Stranger:
    """Listens on the standard ports, as a system's own servers do, and counts its visitors."""

    def __init__(self) -> None:
        self.sockets = [self._listen(port) for port in STANDARD_PORTS]

    @staticmethod
    def _listen(port: int) -> socket.socket | None:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            return None  # a real one is there; then that one is the stranger

    def visitors(self) -> int:
        count = 0
        for listener in self.sockets:
            if listener:
                listener.setblocking(False)
                with ExitStack() as ours:
                    try:
                        ours.enter_context(listener.accept()[0])
                    except BlockingIOError:
                        continue
                    count += 1
        return count

    def close(self) -> None:
        for listener in self.sockets:
            if listener:
                listener.close()


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    found = Stranger()
    yield found
    found.close()


async def talk(servers: Servers) -> tuple[str, str]:
    """Leave a durable message and a row; answer with the names of node and cluster."""
    connection = await aio_pika.connect(servers.amqp_url)
    async with connection, connection.channel() as channel:
        queue = await channel.declare_queue(
            "kept", durable=True, arguments={"x-queue-type": "quorum"}
        )
        await channel.default_exchange.publish(aio_pika.Message(b"kept"), queue.name)
        await channel.default_exchange.publish(aio_pika.Message(b"kept"), queue.name)
    database = await asyncpg.connect(servers.postgres_url)
    await database.execute("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)")
    port = await database.fetchval("SHOW port")
    assert await database.fetchval("SHOW fsync") == "on"
    assert await database.fetchval("SHOW synchronous_commit") == "on"
    await database.close()
    return servers.broker.node if servers.broker else "", str(port)


async def what_was_kept(servers: Servers) -> tuple[int, int]:
    connection = await aio_pika.connect(servers.amqp_url)
    async with connection, connection.channel() as channel:
        queue = await channel.declare_queue("kept", passive=True)
        messages = queue.declaration_result.message_count or 0
    database = await asyncpg.connect(servers.postgres_url)
    rows = await database.fetchval("SELECT count(*) FROM kept")
    await database.close()
    return messages, rows


def pids(servers: Servers) -> list[int]:
    return [member.pid for mark in servers.marks().values() for member in family(mark)]


async def test_two_sets_live_side_by_side(runs: Path, stranger: Stranger) -> None:
    with ExitStack() as both:
        with ThreadPoolExecutor(2) as at_once:
            sets = [private_servers(runs / name, quiet) for name in ("one", "two")]
            one, two = at_once.map(both.enter_context, sets)
        assert await talk(one) != await talk(two)
        started = pids(one) + pids(two)
        assert len(running(started)) == len(started) > 6

        one.kill_broker()
        one.kill_postgres()
        assert await what_was_kept(two) == (2, 1)
        one.start_broker()
        one.start_postgres()
        assert await what_was_kept(one) == (2, 1)
        started += pids(one)

    assert running(started) == []
    assert stranger.visitors() == 0
    assert sorted(left.name for left in (runs / "one").iterdir()) == [
        "lock",
        "logs",
        "secrets.json",
    ]


async def test_servers_that_outlive_the_command(runs: Path) -> None:
    folder = runs / "up"
    first = local.start(folder, quiet)
    try:
        await talk(first)
        started = pids(first)
        assert local.start(folder, quiet).marks() == first.marks()
        with pytest.raises(FolderInUseError), private_servers(folder, quiet):
            pytest.fail("the folder is up")
        assert (await what_was_kept(first)) == (2, 1)
        secret = folder / "secrets.json"
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    finally:
        assert local.stop(folder)
    assert running(started) == []
    assert not local.stop(folder)

    again = local.start(folder, quiet)
    try:
        assert await what_was_kept(again) == (2, 1)
    finally:
        local.stop(folder, keep_data=False)
    assert Mark.of(os.getpid())
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_no_password_is_written_where_others_read(runs: Path) -> None:
    with private_servers(runs / "run", quiet) as servers:
        assert servers.broker
        assert servers.postgres
        secrets = [servers.broker.password, servers.broker.cookie, servers.postgres.password]
        for file in (entry for entry in (runs / "run").rglob("*") if entry.is_file()):
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                content = file.read_text(errors="replace")
                assert not any(secret in content for secret in secrets), file
        for pid in pids(servers):
            command = Path(f"/proc/{pid}/cmdline").read_text()
            assert not any(secret in command for secret in secrets)
