"""Stored pools are let go in time, some at a time; what a round decided stays."""

import asyncio
from datetime import timedelta

import pytest

from services.matching.store import StoredInputs
from services.matching.use_cases.purge_inputs import purge_inputs, purge_some
from services.matching.use_cases.run_rounds import RoundRunner
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import last_round
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import until

INPUTS = "SELECT count(*) FROM rounds WHERE inputs IS NOT NULL"


async def add_ended_round(
    matching: ServiceHarness, days: int, state: str = "published", faulty: str = "[]"
) -> None:
    """A round that ended so many days ago, in a pool of its own."""
    await matching.pool.execute(
        "INSERT INTO rounds (round_id, programme, state, requested_at, held_on, inputs, policy,"
        " waiting, mentors, faulty, finished_at) VALUES (gen_random_uuid(), 'national', $1, now(),"
        " '2026-01-10', '{}', '{}', 1, 1, $2::text::jsonb, now() - $3::interval)",
        state,
        faulty,
        timedelta(days=days),
    )


@pytest.fixture
async def old(matching: ServiceHarness) -> ServiceHarness:
    """Eleven rounds older than ninety days; of these two are evidence. One is young, one open."""
    await matching.pool.execute("INSERT INTO pools VALUES ('national', now())")
    for _ in range(9):
        await add_ended_round(matching, days=91)
    await add_ended_round(matching, days=91, state="failed")
    await add_ended_round(matching, days=91, faulty='[{"request_id": "x"}]')
    await add_ended_round(matching, days=89)
    await matching.pool.execute(
        "INSERT INTO rounds (round_id, programme, requested_at, held_on, inputs, policy, waiting,"
        " mentors) VALUES (gen_random_uuid(), 'national', now() - interval '1 year',"
        " '2026-01-10', '{}', '{}', 1, 1)"
    )
    return matching


async def test_what_is_old_goes_and_evidence_stays_longer(old: ServiceHarness) -> None:
    assert await purge_some(old.runtime, at_once=50) == 9
    assert await old.pool.fetchval(INPUTS) == 4
    await old.pool.execute("UPDATE rounds SET finished_at = finished_at - interval '275 days'")
    assert await purge_some(old.runtime, at_once=50) == 3
    assert await old.pool.fetchval("SELECT state FROM rounds WHERE inputs IS NOT NULL") == "queued"
    assert await purge_some(old.runtime, at_once=50) == 0


async def test_a_stop_in_the_middle_keeps_what_was_done(old: ServiceHarness) -> None:
    days = timedelta(days=90), timedelta(days=365)
    async with old.runtime.begin() as tx:
        assert await StoredInputs(tx.connection).purge(*days, 4) == 4
    assert await purge_some(old.runtime, at_once=2) == 5
    assert await old.pool.fetchval(INPUTS) == 4


async def test_two_replicas_do_not_wait_for_each_other(old: ServiceHarness) -> None:
    days = timedelta(days=90), timedelta(days=365)
    async with old.runtime.begin() as one, old.runtime.begin() as other:
        assert await StoredInputs(one.connection).purge(*days, 4) == 4
        assert await StoredInputs(other.connection).purge(*days, 50) == 5


async def test_the_decision_and_its_proof_stay(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    for event in (request(), mentor()):
        await matching.handle(event)
    await runner.step()
    await matching.pool.execute("UPDATE rounds SET finished_at = now() - interval '1 year'")
    assert await purge_some(matching.runtime, at_once=50) == 1
    kept = await last_round(matching)
    assert kept["inputs"] is None
    assert (len(kept["result"]), kept["pairs"]) == (1, 1)
    assert kept["certificate"]["inputs_sha256"]
    assert kept["policy"]["version"] == "default"


async def test_the_worker_looks_by_itself(old: ServiceHarness) -> None:
    working = asyncio.create_task(purge_inputs(old.runtime))

    async def is_gone() -> bool:
        return bool(await old.pool.fetchval(INPUTS) == 4)

    await until(is_gone)
    old.runtime.stopping.set()
    await working
