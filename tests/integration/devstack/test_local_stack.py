"""A stack of stand-in services: accounts of their own, replicas, deaths and returns."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import aiosmtplib
import asyncpg
import httpx
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelAccessRefused

from deploy.devstack import stack
from deploy.devstack.cleanup import discard
from deploy.devstack.local_stack import Commands, LocalStack, local_stack
from deploy.devstack.replica import NotReadyError
from deploy.devstack.settings import KEYS_URL, Ports, without_master_key, without_secrets
from deploy.devstack.state import status
from deploy.devstack.state_file import FolderInUseError, StateFile, lock_folder
from shared.messaging.connection import open_connection
from shared.service.settings import SERVICES
from tests.integration.devstack.conftest import quiet, running
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("local_stack")

STAND_IN = (sys.executable, str(Path(__file__).with_name("fake_service.py")))
COMMANDS = Commands(run=STAND_IN, migrate=(*STAND_IN, "migrate"))


@pytest.fixture(scope="module")
def a_stack() -> Iterator[LocalStack]:
    with (
        pytest.MonkeyPatch.context() as environment,
        TemporaryDirectory(prefix="binome-runs-") as place,
    ):
        for name in ("BINOME_AMQP_URL", "BINOME_DATABASE_URL"):
            environment.delenv(name, raising=False)
        folder = Path(place) / "house"
        with local_stack(
            folder, clock={"BINOME_CLOCK_SPEED": "1000"}, say=quiet, commands=COMMANDS
        ) as made:
            yield made
            pids = [one.pid for several in made.services.values() for one in several]
            pids += [mark.pid for mark in made.servers.marks().values()]
        assert running(pids) == []
        assert status(folder) is None


@pytest.fixture
async def admin(a_stack: LocalStack) -> AsyncIterator[AbstractChannel]:
    connection = await open_connection(a_stack.environment["BINOME_AMQP_URL"])
    async with connection, connection.channel() as channel:
        yield channel


async def test_every_service_knows_its_own_accounts_only(a_stack: LocalStack) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for name in SERVICES:
            url = a_stack.environment[f"BINOME_{name.upper()}_URL"]
            given = (await client.get(f"{url}/environment")).json()
            accounts = {key for key in given if key.endswith(("AMQP_URL", "DATABASE_URL"))}
            own = f"BINOME_{name.upper()}"
            keys = {KEYS_URL} if name == "registration" else set()
            assert accounts == {f"{own}_AMQP_URL", f"{own}_DATABASE_URL"} | keys
            assert given["BINOME_CLOCK_SPEED"] == "1000"
            assert {f"BINOME_{other.upper()}_URL" for other in SERVICES} < given.keys()
            assert len(given["BINOME_SECRET_KEY"]) >= 32
            assert ("BINOME_MASTER_KEY" in given) == (name == "registration")


def test_neither_the_migration_nor_the_mailbox_knows_a_key_that_it_does_not_use() -> None:
    environment = {"BINOME_MASTER_KEY": "k", "BINOME_AMQP_URL": "a", "PATH": "/bin"}
    assert without_master_key(environment) == {"BINOME_AMQP_URL": "a", "PATH": "/bin"}
    assert without_secrets(environment) == {"PATH": "/bin"}


def test_folders_and_files_of_a_stack_are_their_owners_alone(a_stack: LocalStack) -> None:
    places = [a_stack.folder, *a_stack.folder.rglob("*")]
    ours = [place for place in places if not place.is_symlink() and place.exists()]
    assert len(ours) > 10
    open_to_others = [str(place) for place in ours if place.stat().st_mode & 0o077]
    assert open_to_others == []


def test_a_folder_of_an_earlier_version_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    folder.mkdir(mode=0o755)
    with lock_folder(folder):
        assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_role_cannot_enter_another_database(a_stack: LocalStack) -> None:
    own = a_stack.environment["BINOME_MATCHING_DATABASE_URL"]
    other = a_stack.environment["BINOME_REGISTRATION_DATABASE_URL"]
    await (await asyncpg.connect(own)).close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(urlsplit(own)._replace(path=urlsplit(other).path).geturl())


async def test_a_service_reads_its_own_queues_only(
    a_stack: LocalStack, admin: AbstractChannel
) -> None:
    for name in ("matching.request.confirmed", "registration.request.routed"):
        await admin.declare_queue(name)
        await admin.default_exchange.publish(aio_pika.Message(b"{}"), name)
    connection = await open_connection(a_stack.environment["BINOME_MATCHING_AMQP_URL"])
    async with connection:
        await _read(connection, "matching.request.confirmed")
        with pytest.raises(ChannelAccessRefused):
            await _read(connection, "registration.request.routed")
        with pytest.raises(ChannelAccessRefused):
            await _declare(connection, "matching.request.invented")


async def test_an_address_is_asked_for_by_notification_only(
    a_stack: LocalStack, admin: AbstractChannel
) -> None:
    await admin.declare_exchange("questions", durable=True)
    for service, may in (("notification", True), ("matching", False), ("followup", False)):
        async with await open_connection(
            a_stack.environment[f"BINOME_{service.upper()}_AMQP_URL"]
        ) as connection:
            if may:
                await _write(connection, "questions", "registration.contact")
            else:
                with pytest.raises(ChannelAccessRefused):
                    await _write(connection, "questions", "registration.contact")


async def test_a_partner_writes_its_own_topic_only(
    a_stack: LocalStack, admin: AbstractChannel
) -> None:
    await admin.declare_exchange("partners.in", aio_pika.ExchangeType.TOPIC, durable=True)
    url = await asyncio.to_thread(a_stack.partner_url, "asso-nord")
    async with await open_connection(url) as connection:
        await _write(connection, "partners.in", "partner.asso-nord.mentee.registered")
        with pytest.raises(ChannelAccessRefused):
            await _write(connection, "partners.in", "partner.other.mentee.registered")


def test_replicas_come_die_and_return(a_stack: LocalStack) -> None:
    first = a_stack.services["matching"][0]
    second = a_stack.start_service("matching")
    assert second.n == 2
    assert second.url != first.url
    assert second.ready()

    a_stack.kill(first)
    assert not first.ready()
    assert _inspect(a_stack)["pids"] == [second.pid]
    state = status(a_stack.folder)
    assert state
    assert state["dead"] == [first.name], "who died is named"
    assert _inspect(a_stack)["failing"] == ["process"]
    again = a_stack.restart(first)
    assert (again.n, again.url, again.log) == (first.n, first.url, first.log)
    assert again.pid != first.pid
    assert _inspect(a_stack) == {
        "url": again.url,
        "pids": [second.pid, again.pid],
        "ready": True,
        "failing": [],
        "unowned": {},
        "set_aside": {},
    }

    a_stack.stop(second)
    assert running([second.pid]) == []
    assert a_stack.services["matching"] == [again]


async def test_mail_is_in_the_folder_once_it_is_accepted(a_stack: LocalStack) -> None:
    place = urlsplit(a_stack.environment["BINOME_SMTP_URL"])
    content = b"Message-ID: <one@binome.invalid>\r\nSubject: =?utf-8?b?w6k=?=\r\n\r\nBonjour\r\n"
    for _ in range(2):
        await aiosmtplib.send(
            content,
            sender="stack@binome.invalid",
            recipients=["camille@exemple.invalid"],
            hostname=place.hostname,
            port=place.port,
        )
    stored = _read_mailbox(a_stack)
    assert list(stored.values()) == [content, content]
    assert len({name.split("-")[1] for name in stored}) == 1
    assert a_stack.mailbox
    assert "camille" not in a_stack.mailbox.log.read_text()


def test_a_service_that_cannot_start_is_named(a_stack: LocalStack) -> None:
    broken = LocalStack(
        a_stack.folder, a_stack.environment, a_stack.servers, Ports.choose(),
        Commands(run=(sys.executable, "-c", "raise SystemExit('BINOME_X is missing')")),
    )  # fmt: skip
    with pytest.raises(NotReadyError) as raised:
        broken.start_service("followup")
    assert "followup-1" in str(raised.value)
    assert "BINOME_X is missing" in str(raised.value)


async def test_a_stack_that_stays_up_beside_a_broker_that_was_given(
    a_stack: LocalStack, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = a_stack.environment["BINOME_AMQP_URL"]
    monkeypatch.setenv("BINOME_AMQP_URL", given)
    folder = runs / "up"
    try:
        state = stack.up(folder, say=quiet, commands=COMMANDS)
        assert all(seen["ready"] for seen in state["services"].values())
        assert state["broker"] == given
        assert stack.up(folder, say=quiet, commands=COMMANDS) == state
        with pytest.raises(FolderInUseError), local_stack(folder, say=quiet, commands=COMMANDS):
            pytest.fail("the folder is up")
        assert await _visits(state) == 1
    finally:
        assert stack.down(folder)
    assert running([pid for seen in state["services"].values() for pid in seen["pids"]]) == []
    assert status(folder) is None
    assert not stack.down(folder)

    try:
        assert await _visits(stack.up(folder, say=quiet, commands=COMMANDS)) == 2
    finally:
        stack.down(folder)
        assert discard(folder)


@pytest.mark.resilience
async def test_up_starts_a_broker_again_that_died(runs: Path) -> None:
    """Seen: `binome up` found the others running, ended in rabbitmqctl's own words, closed all."""
    folder = runs / "died"
    try:
        first = stack.up(folder, say=quiet, commands=COMMANDS)
        StateFile.read(folder).processes["broker"].send(signal.SIGKILL)

        async def is_told_dead() -> bool:
            state = status(folder)
            return state is not None and "broker" in state["dead"]

        await until(is_told_dead)
        lines: list[str] = []
        again = stack.up(folder, say=lines.append, commands=COMMANDS)
        assert "RabbitMQ ne tournait plus : relancé." in lines
        assert again["dead"] == []
        assert again["broker"] == first["broker"]
        async with await open_connection(again["broker"]):
            assert await _visits(again) == 2
    finally:
        stack.down(folder)
        assert discard(folder)


async def _visits(state: dict[str, Any]) -> int:
    """How often the stand-in has started on this database."""
    database = await asyncpg.connect(state["databases"]["followup"])
    visits: int = await database.fetchval("SELECT count(*) FROM visits")
    await database.close()
    return visits


async def _read(connection: AbstractConnection, queue: str) -> None:
    async with connection.channel() as channel:
        await (await channel.get_queue(queue)).get(fail=False)


async def _declare(connection: AbstractConnection, queue: str) -> None:
    async with connection.channel() as channel:
        await channel.declare_queue(queue)


async def _write(connection: AbstractConnection, exchange: str, key: str) -> None:
    async with connection.channel() as channel:
        door = await channel.get_exchange(exchange, ensure=False)
        await door.publish(aio_pika.Message(b"{}"), key, mandatory=False)


def _read_mailbox(made: LocalStack) -> dict[str, bytes]:
    """Every file of the mailbox, drafts included, by name."""
    folder = Path(made.environment["BINOME_MAILBOX_DIR"])
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def _inspect(made: LocalStack) -> dict[str, object]:
    state = status(made.folder)
    assert state
    seen: dict[str, object] = state["services"]["matching"]
    return seen
