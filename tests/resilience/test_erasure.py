"""Erased for good: a dump of the data from before, restored beside the live keys, opens nothing.

People come by the real endpoints of a running stack; two of them are erased. What is searched
afterwards: every database, each dump restored, the logs of all services, every queue (retries and
parked ones too) and whatever passed any exchange, exports of people and of rounds.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from deploy.devstack.databases import DATABASES
from deploy.devstack.local_stack import LocalStack, local_stack
from services.registration.store import People
from services.registration.use_cases.vault_provider import key_database, vault
from shared.messaging.names import refusal_queue
from shared.persistence.database import open_pool
from shared.service.settings import SERVICES
from shared.web.signed_links import LinkSigner
from tests.conftest import ROOT, run_folder
from tests.resilience.capture import capture
from tests.resilience.remains import (
    list_queued,
    parked_and_retried,
    send_as_partner,
    text_of,
    trouble,
)
from tests.unit.registration.people import form_of, volunteer, young

pytestmark = pytest.mark.timeout(1200)
SECRETS = {
    "Zéphyrine", "Quatrebarbes", "zephyrine.quatrebarbes@exemple.fr", "39981234", "2006-05-17",
    "Ostrowid", "Vermandois", "ostrowid.vermandois@exemple.fr", "1985-11-02",
}  # fmt: skip
INTRODUCED = "SELECT count(*) > 0 FROM introductions WHERE introduced_at IS NOT NULL"
PARTNER = "lycees-erasure"
MENTEE = young(
    first_name="Zéphyrine",
    last_name="Quatrebarbes",
    email="zephyrine.quatrebarbes@exemple.fr",
    phone="06 39 98 12 34",
)
MENTOR = volunteer(
    first_name="Ostrowid", last_name="Vermandois", email="ostrowid.vermandois@exemple.fr"
)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalStack]:
    """a running stack at real speed; numbers reserved for fiction count."""
    monkeypatch.setenv("BINOME_ACCEPT_FICTIONAL_NUMBERS", "1")
    monkeypatch.setenv("BINOME_MATCHING_CADENCE", "1")
    folder = run_folder("chaos")
    with local_stack(folder) as running:
        yield running


def url_of(opened: LocalStack, name: str) -> str:
    return opened.environment[f"BINOME_{name.upper()}_DATABASE_URL"]


def admin_url(opened: LocalStack, database: str) -> str:
    return urlunsplit(urlsplit(opened.servers.postgres_url)._replace(path=f"/{database}"))


async def everything(url: str) -> str:
    """Every row of every table of a database as text, bytes in hexadecimal and in clear."""
    connection = await asyncpg.connect(url)
    try:
        names = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        rows: list[str] = []
        for (name,) in names:
            found = await connection.fetch(f'SELECT t::text FROM "{name}" t')
            rows += [row[0] for row in found]
        return "\n".join(rows)
    finally:
        await connection.close()


def find_secrets(text: str) -> list[str]:
    return [word for word in SECRETS if word in text or word.encode().hex() in text]


async def wait_until(query: str, url: str, seconds: int = 90) -> None:
    connection = await asyncpg.connect(url)
    try:
        for _ in range(seconds * 2):
            if await connection.fetchval(query):
                return
            await asyncio.sleep(0.5)
        raise AssertionError(f"never true: {query}")
    finally:
        await connection.close()


async def register(opened: LocalStack, path: str, person: dict[str, object]) -> None:
    base = opened.environment["BINOME_REGISTRATION_URL"]
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        answer = await client.post(path, data=form_of(person))
        assert answer.status_code in (200, 303), answer.text


async def people_of(opened: LocalStack) -> dict[str, UUID]:
    connection = await asyncpg.connect(url_of(opened, "registration"))
    try:
        rows = await connection.fetch("SELECT side, id FROM persons")
        return {row["side"]: row["id"] for row in rows}
    finally:
        await connection.close()


def binome(opened: LocalStack, *words: str, status: int = 0) -> str:
    """The output and exit status of the command."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli.main", *words],
        env=opened.environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr * bool(status)


def program_of(name: str) -> Path:
    return next(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))


def journal_of(opened: LocalStack) -> str:
    return Path(opened.environment["BINOME_ERASURE_JOURNAL"]).read_text()


def dump(opened: LocalStack, folder: Path) -> dict[str, Path]:
    """`pg_dump` of every database, as a backup would."""
    program = program_of("pg_dump")
    files = {}
    for name in DATABASES:
        database = urlsplit(url_of(opened, name)).path[1:]
        files[name] = folder / f"{name}.sql"
        subprocess.run(
            [
                program,
                "--no-owner",
                "--no-privileges",
                "--file",
                files[name],
                admin_url(opened, database),
            ],
            check=True,
        )
    return files


async def restore(opened: LocalStack, file: Path) -> str:
    """A dump in a database of its own; its address."""
    name = f"restored_{uuid4().hex[:8]}"
    connection = await asyncpg.connect(opened.servers.postgres_url)
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    url, program = admin_url(opened, name), program_of("psql")
    subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        [program, "--quiet", "--set", "ON_ERROR_STOP=1", "--file", file, url],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return url


async def opens(url: str, people: dict[str, UUID]) -> list[str]:
    """The sides whose identity opens with what stands in this database and the live keys."""
    pool = await open_pool(url, size=1)
    try:
        async with key_database(), pool.acquire() as connection:
            store = People(connection, vault())
            return [side for side, one in people.items() if await store.open(one)]
    finally:
        await pool.close()


async def test_nothing_of_who_was_erased_comes_back(
    opened: LocalStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BINOME_MASTER_KEY", "BINOME_KEYS_DATABASE_URL", "BINOME_ERASURE_JOURNAL"):
        monkeypatch.setenv(name, opened.environment[name])
    registration = url_of(opened, "registration")
    monkeypatch.setenv("BINOME_DATABASE_URL", registration)
    async with capture(opened) as trace:
        people = await let_in(opened)
        before = dump(opened, tmp_path)
        restored = await restore(opened, before["registration"])
        assert sorted(await opens(restored, people)) == ["mentee", "mentor"], "it opens until then"
        exported = json.loads(binome(opened, "person", "export", str(people["mentee"])))
        assert exported["identity"]["last_name"] == "Quatrebarbes"
        assert exported["services"]["matching"]["requests"]
        counted = await rounds_of(opened)
        assert counted[0]["pairs"] == 1

        await trouble(opened, people["mentee"])
        for person_id in people.values():
            output = binome(opened, "person", "erase", str(person_id), "--yes")
            assert re.search(r"Définitif le \d\d/\d\d/\d{4}", output)
        await wait_until("SELECT count(*) = 6 FROM erasure_receipts", registration)
        assert await nothing_in_queues(opened)

    assert await opens(restored, people) == [], "the dump from before opens nothing"
    for name in DATABASES:
        assert find_secrets(await everything(url_of(opened, name))) == [], name
        assert find_secrets(before[name].read_text(errors="replace")) == [], name
        again = await restore(opened, before[name])
        assert find_secrets(await everything(again)) == [], f"{name}, restored"
    assert trace.holds(SECRETS), "the trace holds a partner's message"
    assert trace.leaks(SECRETS) == []
    assert nothing_in_logs(opened)
    assert find_secrets(journal_of(opened)) == []
    page = await tracking_page(opened, people["mentor"])
    assert "Le reçu" in page
    assert find_secrets(page) == []
    assert await rounds_of(opened) == counted, "counts of past rounds still add up"
    nothing_in_exports(opened, people, tmp_path / "round")


async def let_in(opened: LocalStack) -> dict[str, UUID]:
    """A mentor and a young person who are introduced to each other; a partner's message,
    refused."""
    binome(opened, "partner", "add", PARTNER)
    body = json.dumps(MENTEE | {"needs": ["piano"]}, ensure_ascii=False).encode()
    url = await asyncio.to_thread(opened.partner_url, PARTNER)
    await send_as_partner(url, PARTNER, body)
    await register(opened, "/inscription/mentor", MENTOR)
    await register(opened, "/inscription/jeune", MENTEE)
    await wait_until(INTRODUCED, url_of(opened, "notification"), 150)
    await wait_until("SELECT count(*) > 0 FROM engagements", url_of(opened, "followup"))
    await wait_until("SELECT count(*) > 0 FROM refusals", url_of(opened, "registration"))
    return await people_of(opened)


async def rounds_of(opened: LocalStack) -> list[dict[str, object]]:
    """The figures of every round that was held."""
    connection = await asyncpg.connect(url_of(opened, "matching"))
    try:
        rows = await connection.fetch(
            "SELECT round_id, state, pairs, waiting, mentors, score FROM rounds"
            " WHERE state = 'published' AND pairs > 0 ORDER BY round_id"
        )
        return [dict(row) for row in rows]
    finally:
        await connection.close()


async def nothing_in_queues(opened: LocalStack) -> bool:
    """Nothing readable in any queue, while one of the planted messages is parked and the other
    waits in a delay queue."""
    async with asyncio.timeout(120):
        while True:
            found = await list_queued(opened, PARTNER)
            assert [name for name, held in found.items() if find_secrets("\n".join(held))] == []
            if all(parked_and_retried(found)):
                assert found[refusal_queue(PARTNER)], "the refusal went back, without the person"
                return True
            await asyncio.sleep(0.5)


def nothing_in_logs(opened: LocalStack) -> bool:
    logs = {file.name: file.read_text() for file in (opened.folder / "logs").glob("*.log")}
    for service in SERVICES:
        own = "".join(text for name, text in logs.items() if name.startswith(service))
        assert "service.started" in own, service
    assert [name for name, text in logs.items() if find_secrets(text)] == []
    return True


def nothing_in_exports(opened: LocalStack, people: dict[str, UUID], folder: Path) -> None:
    """Of a person there is nothing to export; of a round, files that name nobody and are valid."""
    for person_id in people.values():
        output = binome(opened, "person", "export", str(person_id), status=1)
        assert "effacée" in output
        assert find_secrets(output) == []
    binome(opened, "rounds", "export", "last", "--to", str(folder))
    assert find_secrets(text_of(folder)) == []
    assert [str(one) for one in people.values() if str(one) in text_of(folder)] == []
    files = [str(folder / name) for name in ("mentees.csv", "mentors.csv", "pairs.csv")]
    terms = ("--policy", str(folder / "policy.toml"))
    proof = ("--certificate", str(folder / "certificate.json"))
    assert "Vérifié" in binome(opened, "verify", *files, *proof, *terms)


async def tracking_page(opened: LocalStack, subject: UUID) -> str:
    base = opened.environment["BINOME_REGISTRATION_URL"]
    links = LinkSigner(opened.environment["BINOME_SECRET_KEY"], {"registration": base})
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(links.url("request", subject))).text
