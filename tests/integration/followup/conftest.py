"""A pair that has just been introduced."""

from collections.abc import Awaitable, Callable

import pytest

from services.followup.service import SERVICE
from shared.service.definition import Service
from tests.integration.followup.pair import Pair, introduction
from tests.support.service_harness import ServiceHarness


@pytest.fixture
async def followup(stage: Callable[[Service], Awaitable[ServiceHarness]]) -> ServiceHarness:
    return await stage(SERVICE)


@pytest.fixture
async def pair(followup: ServiceHarness) -> Pair:
    event = introduction()
    await followup.handle(event)
    return Pair(followup, event)
