"""The whole stack under a demonstration: undisturbed, then with replicas and kills, then by the
command.

These are the slow tests (two minutes and a half each for the first two, which simulate four months
of 300 people on real servers).
"""

import asyncio
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.demo import invalid_entries
from deploy.demo.faults import Faults
from deploy.demo.people import invent_people
from deploy.demo.runner import Progress, Script, clock_settings, run_demo
from deploy.devstack.local_stack import LocalStack, local_stack
from shared.service.settings import SERVICES
from tests.conftest import ROOT, run_folder
from tests.resilience.capture import Captured, capture

SCRIPT = Script(people=60, seed=7, days=180)
"""As many as two busy cores serve at a day a second; larger runs are `make demo` by hand."""
PLANTED_REFUSALS = (
    len(invalid_entries.REFUSED)
    + len(invalid_entries.UNREADABLE_FOR_PARTNERS)
    + sum(len(rows) for rows in invalid_entries.ROWS.values())
)

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def folder() -> Path:
    return run_folder("chaos")


def print_progress(stand: Progress) -> None:
    if stand.day % 30 == 0:
        print(stand.day, stand.figures)


def holds_its_promises(found: dict[str, Any]) -> None:
    assert found["registered"] == SCRIPT.people, "a form sent again after a crash is one form"
    assert found["acknowledged"] == SCRIPT.people
    assert found["refused"] == PLANTED_REFUSALS
    assert found["messages"]["duplicates"] == 0
    assert found["messages"]["failed"] == 0
    assert found["parked"] == invalid_entries.PARKED
    assert found["outstanding"] == 0
    assert found["pairs_confirmed"] > 0
    assert found["introductions"] == found["pairs_confirmed"]
    assert found["checkins_answered"] > 0
    assert found["renewed"] > 0
    assert found["ended"] > 0
    assert found["worst_gap"] <= 1e-6


async def test_three_months_lose_nothing_and_show_nobody(folder: Path) -> None:
    people = invent_people(SCRIPT.people, SCRIPT.seed, datetime.now(UTC).date())
    secrets = {word for person in people for word in person.secrets}
    with local_stack(folder, clock=clock_settings(SCRIPT, folder)) as opened:
        async with capture(opened) as trace:
            found = await run_demo(opened, SCRIPT, print_progress)
        measured = await metrics_of(opened)
        logs = "".join(file.read_text() for file in (folder / "logs").glob("*-*.log"))
    print(json.dumps(found, indent=1), f"\n{len(trace.seen)} messages traced")
    holds_its_promises(found)
    nobody_shows(trace, secrets, logs, measured)


def nobody_shows(trace: Captured, secrets: set[str], logs: str, measured: str) -> None:
    assert trace.holds(secrets), "the partner exchange must have been seen, or nothing is proved"
    assert trace.leaks(secrets) == []
    assert "service.started" in logs
    assert [word for word in secrets if word in logs] == []
    assert [word for word in secrets if word in measured] == []


async def metrics_of(opened: LocalStack) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        pages = [
            await client.get(f"{replica.url}/metrics")
            for several in opened.services.values()
            for replica in several
        ]
    return "".join(page.text for page in pages)


async def test_two_of_each_service_and_one_of_them_killed_change_no_result(folder: Path) -> None:
    """The one that is killed is the one that people reach; its twin may hold what it let fall."""
    rng = random.Random(20260110)
    print("seed 20260110")
    killed: list[str] = []

    async def kill_one_of_each(opened: LocalStack) -> None:
        for name in rng.sample(SERVICES, len(SERVICES)):
            await asyncio.sleep(rng.uniform(4, 12))
            replica = opened.services[name][0]
            await asyncio.to_thread(opened.kill, replica)
            await asyncio.to_thread(opened.restart, replica)
            killed.append(name)

    with local_stack(folder, clock=clock_settings(SCRIPT, folder), replicas=2) as opened:
        found = await run_demo(opened, SCRIPT, print_progress, kill_one_of_each)
    print(json.dumps(found, indent=1))
    assert sorted(killed) == sorted(SERVICES)
    holds_its_promises(found)


async def test_injected_faults_stop_nobody_and_raise_alerts(folder: Path) -> None:
    """Dead mailboxes on both sides, registrations under others' names, an association that
    closes."""
    faults = Faults()
    script = Script(people=60, seed=7, days=50, faults=faults)
    with local_stack(folder, clock=clock_settings(script, folder)) as opened:
        found = await run_demo(opened, script, print_progress)
        standing = await held_for_the_unreachable(opened)
        lifted = await lifted_for_different_people(opened)
    print(json.dumps(found, indent=1))
    dead = faults.dead_mentors + faults.dead_mentees
    assert found["registered"] == script.people + faults.strangers
    assert found["acknowledged"] == found["registered"] - dead, "everybody else is served"
    human = found["before_a_human"]
    assert human["unreachable"] == dead
    assert human["undelivered"] >= dead
    assert human["doubts"] >= faults.strangers
    assert human["doubts_open"] == 0, "each was decided by the association in charge"
    assert 0 < human["doubts_different"] < human["doubts"]
    assert human["mentors_cleared"] > 0, "on the page of the association"
    assert human["handed_on"] > 0
    assert found["unowned"] == 0
    assert found["outstanding"] == 0
    assert found["messages"]["duplicates"] == 0
    assert found["introductions"] == found["pairs_confirmed"] > 0
    assert lifted, "who is somebody else waits no longer"
    assert standing == 0, "nobody is kept with somebody whom no message reaches"


async def held_for_the_unreachable(opened: LocalStack) -> int:
    """Pairs that stand with a mentor whose only way is dead."""
    pool = await asyncpg.connect(opened.environment["BINOME_MATCHING_DATABASE_URL"])
    try:
        count: int = await pool.fetchval(
            "SELECT count(*) FROM pairs p JOIN mentors m USING (mentor_id)"
            " WHERE p.ended_at IS NULL AND 'unreachable' = ANY (m.blocked)"
        )
    finally:
        await pool.close()
    return count


async def lifted_for_different_people(opened: LocalStack) -> bool:
    """Whether nobody is held any more whose every doubt was decided as another person."""
    connection = await asyncpg.connect(opened.environment["BINOME_REGISTRATION_DATABASE_URL"])
    try:
        held = await connection.fetchval(
            "SELECT count(*) FROM persons p WHERE p.held AND NOT EXISTS (SELECT FROM doubts d"
            " WHERE d.newcomer_id = p.id AND d.outcome IS DISTINCT FROM 'different')"
        )
    finally:
        await connection.close()
    return bool(held == 0)


def test_the_command_ends_well_writes_its_table_and_leaves_nothing_running(tmp_path: Path) -> None:
    table = tmp_path / "out.json"
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "deploy.cli.main",
            "demo",
            "--people",
            "20",
            "--days",
            "4",
            "--exit",
            "--json",
            str(table),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(table.read_text())
    assert found["registered"] == found["acknowledged"] == 20
    assert found["refused"] == PLANTED_REFUSALS
    assert found["outstanding"] == 0
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in left.stdout
