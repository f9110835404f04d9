"""Processes that are killed in the middle of a publication: each pair is made and published
once."""

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from services.matching.use_cases.publish_round import Publishing
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.held_rounds import claimed_round, outcome_of
from tests.integration.matching.people import mentor, request
from tests.integration.matching.publishing_process import LEASE
from tests.integration.matching.stored_pairs import lapse, last_round, pairs_told
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import until

pytestmark = pytest.mark.resilience

ROOT = Path(__file__).parents[3]
PAIRS, BATCH, KILLS = 300, 2, 3


async def told_so_far(matching: ServiceHarness) -> int:
    count: int = await matching.pool.fetchval("SELECT count(*) FROM pairs")
    return count


async def test_killed_three_times_in_the_middle(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    asked, offered = [request() for _ in range(PAIRS)], [mentor() for _ in range(PAIRS)]
    for event in (*asked, *offered):
        await matching.handle(event)
    claimed = await claimed_round(matching)
    pairs = [(a.request_id, m.mentor_id, 0.5) for a, m in zip(asked, offered, strict=True)]
    await Publishing(matching.runtime, LEASE).accept(claimed, outcome_of(pairs, BATCH))
    left_at = []

    for _ in range(KILLS):
        await lapse(matching)
        before = await told_so_far(matching)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.integration.matching.publishing_process",
            os.environ["BINOME_DATABASE_URL"],
            str(claimed.round_id),
            cwd=ROOT,
        )

        async def some_more(before: int = before) -> bool:
            return await told_so_far(matching) >= before + 20

        await until(some_more)
        process.kill()
        await process.wait()
        left_at.append(await told_so_far(matching))

    assert left_at[-1] < PAIRS, "killed too late to show anything"
    await lapse(matching)
    while (await last_round(matching))["state"] != "published":
        assert await runners().step()

    counts = Counter(pair.request_id for pair in await pairs_told(matching))
    assert len(counts) == PAIRS
    assert set(counts.values()) == {1}
    ended = await last_round(matching)
    assert (ended["pairs"], ended["dropped"]) == (PAIRS, 0)
    assert await matching.pool.fetchval("SELECT bool_and(taken = capacity) FROM mentors")
    print(f"killed at {left_at} of {PAIRS}")
