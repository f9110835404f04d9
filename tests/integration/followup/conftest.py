"""A pair that has just been introduced."""

import pytest

from services.followup.service import SERVICE
from tests.integration.followup.pair import Pair, introduction
from tests.support.service_harness import HarnessFactory, ServiceHarness


@pytest.fixture
async def followup(make_harness: HarnessFactory) -> ServiceHarness:
    return await make_harness(SERVICE)


@pytest.fixture
async def pair(followup: ServiceHarness) -> Pair:
    event = introduction()
    await followup.handle(event)
    return Pair(followup, event)
