"""Matching on the stage, with a keeper that holds its rounds in the real process of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from services.matching.app import SERVICE
from services.matching.jobs.counting import Meters
from services.matching.jobs.rounds import RoundKeeper
from services.matching.jobs.workshop import Workshop
from shared.runtime.service import Service
from tests.stage import Stage


@pytest.fixture(scope="session")
async def workshop() -> AsyncIterator[Workshop]:
    """One warm process for the whole run."""
    shop = Workshop()
    yield shop
    await shop.close()


@pytest.fixture
async def matching(stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    return await stage(SERVICE)


@pytest.fixture
async def keeper(matching: Stage, workshop: Workshop) -> RoundKeeper:
    return RoundKeeper(matching.runtime, workshop, Meters(matching.runtime.metrics))
