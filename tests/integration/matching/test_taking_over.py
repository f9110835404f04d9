"""A replica may fall silent at any moment: its round is held again, and published once."""

import asyncio
import os
from collections.abc import Callable
from functools import partial

import pytest

from services.matching.solver_process.process import SolverProcess
from services.matching.store import ClaimedRound
from tests.integration.matching import faults
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import (
    is_claimed,
    lapse,
    last_round,
    pairs_told,
    rounds,
)
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import until


@pytest.fixture
async def queued(matching: ServiceHarness, runners: RunnerFactory) -> ServiceHarness:
    """A round waits to be held."""
    for event in (request(), mentor()):
        await matching.handle(event)
    assert await runners().ask()
    return matching


async def claim(runners: RunnerFactory) -> ClaimedRound:
    claimed = await runners().claim()
    assert claimed is not None
    return claimed


async def test_nobody_takes_a_round_over_within_its_lease(
    queued: ServiceHarness, runners: RunnerFactory
) -> None:
    await claim(runners)
    assert not await runners().step()


async def test_a_crash_before_solving(queued: ServiceHarness, runners: RunnerFactory) -> None:
    await claim(runners)
    await lapse(queued)
    assert await runners().step()
    assert len(await pairs_told(queued)) == 1
    assert (await last_round(queued))["attempts"] == 2


async def test_a_crash_between_solving_and_publishing(
    queued: ServiceHarness, runners: RunnerFactory
) -> None:
    """The first replica has its answer and falls silent; when it wakes, it is too late."""
    silent = runners()
    claimed = await claim(runners)
    found = await silent.solve(claimed)
    await lapse(queued)

    assert await runners().step()
    assert len(await pairs_told(queued)) == 1

    await silent.settle(claimed, found)
    assert await pairs_told(queued) == []
    assert [(row["state"], row["pairs"]) for row in await rounds(queued)] == [("published", 1)]


async def test_two_that_wake_together_publish_once(
    queued: ServiceHarness, runners: RunnerFactory
) -> None:
    first = await claim(runners)
    found = await runners().solve(first)
    await lapse(queued)
    second = await claim(runners)

    await asyncio.gather(*(runners().settle(one, found) for one in (first, second) * 5))

    assert len(await pairs_told(queued)) == 1
    assert (await last_round(queued))["pairs"] == 1


async def test_a_long_round_keeps_its_lease(
    queued: ServiceHarness,
    runners: RunnerFactory,
    own_solver_process: SolverProcess,
    release: Callable[[], None],
) -> None:
    slow = asyncio.create_task(runners(own_solver_process, faults.dawdle).step())
    await until(partial(is_claimed, queued))
    first = (await last_round(queued))["lease_until"]

    async def is_renewed() -> bool:
        return bool((await last_round(queued))["lease_until"] > first)

    await until(is_renewed)
    assert not await runners().step()
    release()
    assert await slow
    assert (await last_round(queued))["attempts"] == 1
    assert len(await pairs_told(queued)) == 1


@pytest.mark.usefixtures("release")
async def test_a_round_lost_while_solving_is_let_go(
    queued: ServiceHarness, runners: RunnerFactory, own_solver_process: SolverProcess
) -> None:
    """Its process still solves, and is ended with it."""
    slow = asyncio.create_task(runners(own_solver_process, faults.dawdle).step())
    await until(partial(is_claimed, queued))
    await lapse(queued)
    assert await runners().step()
    assert await slow
    assert [row["state"] for row in await rounds(queued)] == ["published"]
    assert len(await pairs_told(queued)) == 1


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("warm", [True, False])
async def test_a_service_that_stops_leaves_the_round_to_others_at_once(
    queued: ServiceHarness, runners: RunnerFactory, own_solver_process: SolverProcess, warm: bool
) -> None:
    """Whether the process solves or is only being started."""
    if warm:
        await own_solver_process.run(os.getpid)
    slow = asyncio.create_task(runners(own_solver_process, faults.dawdle).step())
    await until(partial(is_claimed, queued))
    queued.runtime.stopping.set()
    await slow  # though what it solves never ends
    left = await last_round(queued)
    assert (left["state"], left["claim"], left["attempts"]) == ("queued", None, 0)


async def test_a_process_that_dies_is_started_again(
    queued: ServiceHarness, runners: RunnerFactory, own_solver_process: SolverProcess
) -> None:
    assert await runners(own_solver_process, faults.die).step()
    assert (await last_round(queued))["state"] == "queued"

    assert await runners(own_solver_process).step()
    assert len(await pairs_told(queued)) == 1


async def test_a_round_that_always_takes_its_process_down_is_given_up(
    queued: ServiceHarness, runners: RunnerFactory, own_solver_process: SolverProcess
) -> None:
    deadly = runners(own_solver_process, faults.die)
    for _ in range(3):
        assert await deadly.step()
        assert (await last_round(queued))["state"] == "queued"
    assert await deadly.step()
    given_up = await last_round(queued)
    assert (given_up["state"], given_up["reason"]) == ("failed", "too_many_attempts")
