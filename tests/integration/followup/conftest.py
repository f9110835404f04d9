"""A pair that has just been introduced."""

from collections.abc import Awaitable, Callable

import pytest

from services.followup.service import SERVICE
from shared.service.definition import Service
from tests.integration.followup.pair import Pair, introduction
from tests.support.service_harness import Stage


@pytest.fixture
async def followup(stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    return await stage(SERVICE)


@pytest.fixture
async def pair(followup: Stage) -> Pair:
    event = introduction()
    await followup.handle(event)
    return Pair(followup, event)
