"""Matching on the stage, with keepers that hold its rounds in the real process of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from services.matching.app import SERVICE
from services.matching.engine.solve import solve
from services.matching.jobs.counting import Meters
from services.matching.jobs.rounds import RoundKeeper
from services.matching.jobs.solving import Solve
from services.matching.jobs.workshop import Workshop
from shared.runtime.service import Service
from tests.stage import Stage

Keepers = Callable[..., RoundKeeper]


@pytest.fixture(scope="session")
async def workshop() -> AsyncIterator[Workshop]:
    """One warm process for the whole run."""
    shop = Workshop()
    yield shop
    await shop.close()


@pytest.fixture
async def matching(
    stage: Callable[[Service], Awaitable[Stage]], monkeypatch: pytest.MonkeyPatch
) -> Stage:
    monkeypatch.setenv("BINOME_MATCHING_LEASE", "1")
    return await stage(SERVICE)


@pytest.fixture
def keepers(matching: Stage, workshop: Workshop) -> Keepers:
    """`keepers()` is one more replica; `keepers(solved_by=…)` one whose engine goes wrong."""
    meters = Meters(matching.runtime.metrics)

    def keeper(workshop: Workshop = workshop, solved_by: Solve = solve) -> RoundKeeper:
        return RoundKeeper(matching.runtime, workshop, meters, solved_by)

    return keeper


@pytest.fixture
def keeper(keepers: Keepers) -> RoundKeeper:
    return keepers()
