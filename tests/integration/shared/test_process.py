"""A service as a process: it starts without its servers, reports its health, and stops in order."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from deploy.devstack.ports import free_port
from shared.messaging.connection import open_connection
from shared.messaging.topology import declare, topology
from tests.conftest import ROOT, Databases
from tests.integration.shared.small_service import small
from tests.integration.shared.tcp_gate import Gate
from tests.support.waiting import PATIENCE, until


@dataclass
class Process:
    """One process of the small service."""

    child: subprocess.Popen[bytes]
    client: httpx.AsyncClient
    log: Path

    async def get(self, path: str) -> tuple[int, Any]:
        """Status and body of a GET; 0 while nobody answers."""
        try:
            answer = await self.client.get(path)
        except httpx.TransportError:
            return 0, None
        return answer.status_code, answer.json()

    async def until(self, path: str, status: int) -> Any:
        """Body of the first answer with that status, while the process lives."""
        async with asyncio.timeout(PATIENCE):
            while (answer := await self.get(path))[0] != status:
                assert self.child.poll() is None, self.log.read_text()
                await asyncio.sleep(0.1)
        return answer[1]

    async def stop(self) -> bool:
        """SIGTERM; whether it went in order."""
        self.child.terminate()
        status = await asyncio.to_thread(self.child.wait, PATIENCE)
        # uvicorn, done, gives in to the signal; the other way out is a clean 0.
        return status in {0, -signal.SIGTERM} and self.lines()[-1]["event"] == "service.stopped"

    def lines(self) -> list[dict[str, Any]]:
        """Its log; every line of it is JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@dataclass
class Place:
    """A small service's queues and database, and gates before both servers."""

    name: str
    amqp_url: str
    database_url: str
    broker: Gate
    database: Gate
    folder: Path
    started: list[Process] = field(default_factory=list)

    def start(self, **environment: str) -> Process:
        port, n = free_port(), len(self.started)
        log = self.folder / f"{n}.log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.shared.small_service"],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={
                    **os.environ,
                    "SMALL_NAME": self.name,
                    "BINOME_AMQP_URL": self.broker.url,
                    "BINOME_DATABASE_URL": self.database.url,
                    "BINOME_PORT": str(port),
                    **environment,
                },
            )
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        self.started.append(Process(child, client, log))
        return self.started[-1]

    async def count_waiting(self) -> int:
        """Meetings that wait in the queue, or are in somebody's hand once nobody holds them."""
        async with await open_connection(self.amqp_url) as link, link.channel() as channel:
            queue = await channel.get_queue(f"{self.name}.meeting.confirmed")
            return queue.declaration_result.message_count or 0

    async def count_notes(self) -> int:
        connection = await asyncpg.connect(self.database_url)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM notes"))
        finally:
            await connection.close()


@pytest.fixture
async def place(vhost: str, databases: Databases, tmp_path: Path) -> AsyncIterator[Place]:
    service = small(f"small{uuid4().hex[:8]}")
    wanted = topology([service])
    await declare(vhost, wanted)
    database = await databases.fresh(service)
    made = Place(service.name, vhost, database, Gate(vhost), Gate(database), tmp_path)
    async with AsyncExitStack() as stack:
        for gate in (made.broker, made.database):
            await gate.open()
            stack.push_async_callback(gate.shut)
        yield made
        for process in made.started:
            await process.client.aclose()
            process.child.kill()
            await asyncio.to_thread(process.child.wait)
    async with await open_connection(vhost) as link, link.channel() as channel:
        for queue in wanted.queues:
            await channel.queue_delete(queue)


async def test_without_servers_it_lives_is_not_ready_and_becomes_so(place: Place) -> None:
    await place.broker.shut()
    await place.database.shut()
    process = place.start()
    await process.until("/health/live", 200)
    status, body = await process.get("/health/ready")
    assert status == 503
    assert body == {
        "status": "not ready",
        "checks": {"database": False, "broker": True, "consumers": False},
        "attention": {},
    } or body["checks"] == {"database": False, "broker": False, "consumers": False}
    assert (await process.client.post("/meetings")).status_code == 503
    await place.database.open()
    await until(lambda: _checks(process, {"database": True}))
    assert (await process.client.post("/meetings")).status_code == 202  # the outbox keeps it
    assert (await process.get("/health/ready"))[0] == 503
    await place.broker.open()
    await process.until("/health/ready", 200)
    await until(lambda: _has_noted(place, 1))


async def test_readiness_shows_what_was_set_aside_and_stays_ready(place: Place) -> None:
    """Seen: every round failed while readiness was silent about it."""
    connection = await asyncpg.connect(place.database_url)
    await connection.execute("INSERT INTO notes VALUES ($1)", UUID(int=0))
    await connection.close()
    process = place.start()

    async def is_shown() -> bool:
        status, body = await process.get("/health/ready")
        return status == 200 and body["attention"] == {"set_aside": {"nobody": 1}}

    await until(is_shown)


async def test_readiness_follows_outages_and_nothing_is_lost(place: Place) -> None:
    process = place.start()
    await process.until("/health/ready", 200)
    await place.broker.shut()
    await process.until("/health/ready", 503)
    for _ in range(10):
        assert (await process.client.post("/meetings")).status_code == 202
    await place.database.shut()
    await until(lambda: _checks(process, {"database": False}))
    assert (await process.get("/health/live"))[0] == 200
    await place.broker.open()
    await place.database.open()
    await process.until("/health/ready", 200)
    await until(lambda: _has_noted(place, 10))


async def test_on_a_signal_it_finishes_its_deliveries_and_another_goes_on(place: Place) -> None:
    first = place.start()
    await first.until("/health/ready", 200)
    for _ in range(3):
        await first.client.post("/meetings", params={"milliseconds": 1500})
    await until(lambda: _has_line(first, "meeting.noted"))
    assert await first.stop()
    assert await place.count_notes() == 3
    assert await place.count_waiting() == 0
    second = place.start()
    await second.until("/health/ready", 200)
    await second.client.post("/meetings")
    await until(lambda: _has_noted(place, 4))
    assert await second.stop()


@pytest.mark.parametrize("ready", [False, True])
async def test_on_a_signal_it_stops_while_its_servers_are_away(place: Place, ready: bool) -> None:
    process = place.start()
    if ready:
        await process.until("/health/ready", 200)
    await place.broker.shut()
    await place.database.shut()
    await process.until("/health/live", 200)
    assert await process.stop()


async def test_one_correlation_runs_through_request_handler_and_timer(place: Place) -> None:
    process = place.start()
    await process.until("/health/ready", 200)
    for _ in range(3):
        await process.client.post("/meetings")
    names = ("meeting.reported", "meeting.noted", "timer.fired", "consent.handled")
    for event in names:
        await until(partial(_has_line, process, event, 3))
    correlations = Counter(x["correlation_id"] for x in process.lines() if x["event"] in names)
    assert sorted(correlations.values()) == [4, 4, 4]
    lines = [x for x in process.lines() if x["event"] == "consent.handled"]
    assert all(x["event_id"] != x["correlation_id"] for x in lines)
    assert {x["service"] for x in lines} == {place.name}


async def test_no_person_gets_into_the_log_of_a_failed_request(place: Place) -> None:
    process = place.start()
    await process.until("/health/ready", 200)
    assert (await process.client.get("/broken/Lea-Martin")).status_code == 500
    assert (await process.client.get("/nowhere/Lea-Martin")).status_code == 404
    await until(lambda: _has_line(process, "request.failed"))
    await asyncio.sleep(0.5)
    assert "Martin" not in process.log.read_text()
    (line,) = [x for x in process.lines() if x["event"] == "request.failed"]
    assert (line["route"], line["error"]) == ("/broken/{name}", "LookupError")
    assert line["where"].startswith("tests/integration/shared/small_service.py:")
    metrics = (await process.client.get("/metrics")).text
    assert "Martin" not in metrics
    assert 'route="/broken/{name}",status="500"' in metrics


async def test_a_body_too_large_is_refused_on_a_real_socket(place: Place) -> None:
    process = place.start()
    await process.until("/health/live", 200)
    refused = await process.client.post("/meetings", content=b"x" * 5_000_000)
    assert refused.status_code == 413
    assert refused.json()["type"] == "urn:binome:problem:body_too_large"


async def _checks(process: Process, wanted: dict[str, bool]) -> bool:
    _, body = await process.get("/health/ready")
    return body is not None and wanted.items() <= body["checks"].items()


async def _has_noted(place: Place, count: int) -> bool:
    return await place.count_notes() >= count


async def _has_line(process: Process, event: str, count: int = 1) -> bool:
    return sum(f'"event": "{event}"' in x for x in process.log.read_text().splitlines()) >= count
