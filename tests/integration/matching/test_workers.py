"""The workers as a service runs them: rounds held while events come in, figures kept up to date."""

import asyncio
import random
from collections.abc import Callable
from functools import partial

import pytest

from services.matching.service import SERVICE
from services.matching.solver_process.process import SolverProcess
from services.matching.use_cases import refresh_metrics
from services.matching.use_cases.run_rounds import run_rounds
from shared.contracts.events import MentorRegistered, RequestConfirmed
from shared.contracts.vocabulary import NEEDS, SLOTS
from shared.service.settings import SettingsFault, load
from tests.integration.matching import faults
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import is_claimed, metric, pairs_told, rounds
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import until

PEOPLE = 300


def draw_people(seed: int) -> list[RequestConfirmed | MentorRegistered]:
    """A few hundred invented people with all kinds of needs and times."""
    draw = random.Random(seed)
    needs, slots = sorted(NEEDS), sorted(SLOTS)
    people: list[RequestConfirmed | MentorRegistered] = []
    for number in range(PEOPLE):
        if number % 3 == 2:
            people.append(mentor(offers=draw.sample(needs, 4), slots=draw.sample(slots, 6)))
        else:
            people.append(request(needs=draw.sample(needs, 2), slots=draw.sample(slots, 4)))
    return people


async def test_a_round_of_hundreds_does_not_hold_events_up(
    matching: ServiceHarness,
    runners: RunnerFactory,
    own_solver_process: SolverProcess,
    release: Callable[[], None],
) -> None:
    """It is being solved until all of them are handled."""
    for person in draw_people(seed=4):
        await matching.handle(person)
    assert await runners().ask()
    round_held = asyncio.create_task(runners(own_solver_process, faults.dawdle).step())
    await until(partial(is_claimed, matching))
    for _ in range(20):
        await matching.handle(request(programme="meanwhile"))
    assert not round_held.done()
    release()
    assert await round_held
    assert len(await pairs_told(matching)) > PEOPLE / 4


async def test_the_worker_holds_rounds_until_the_service_stops(matching: ServiceHarness) -> None:
    working = asyncio.create_task(run_rounds(matching.runtime))
    for event in (request(), mentor()):
        await matching.handle(event)

    async def is_published() -> bool:
        return [row["state"] for row in await rounds(matching)] == ["published"]

    await until(is_published)
    matching.runtime.stopping.set()
    await working
    assert len(await pairs_told(matching)) == 1
    counted = metric(matching, "rounds_total", state="published")
    assert counted == 1, "a worker that starts again counts on from here"


async def test_figures_are_kept_up_to_date(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), request(level="primary"), mentor(capacity=3)):
        await matching.handle(event)
    await runners().step()
    counting_on = asyncio.create_task(refresh_metrics.refresh_metrics(matching.runtime))

    async def is_counted() -> bool:
        return metric(matching, "free_places") is not None

    await until(is_counted)
    assert metric(matching, "waiting_requests") == 1
    assert metric(matching, "free_places") == 2
    assert metric(matching, "worst_gap_ratio") == 0
    matching.runtime.stopping.set()
    await counting_on


async def test_a_round_in_hand_is_outstanding(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    query = SERVICE.outstanding["rounds"]
    for event in (request(), mentor()):
        await matching.handle(event)
    assert await matching.pool.fetchval(query) == 0
    await runners().ask()
    assert await matching.pool.fetchval(query) == 1
    await runners().step()
    assert await matching.pool.fetchval(query) == 0


@pytest.mark.parametrize("setting", ["BINOME_MATCHING_CADENCE", "BINOME_MATCHING_LEASE"])
def test_a_wrong_setting_is_refused_by_name(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINOME_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("BINOME_AMQP_URL", "amqp://nobody@127.0.0.1:1/none")
    monkeypatch.setenv(setting, "-1")
    with pytest.raises(SettingsFault, match=setting):
        load(SERVICE.settings, "matching")
