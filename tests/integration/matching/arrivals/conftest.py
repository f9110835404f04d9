"""Matching with a programme that is matched on arrival, whose pool counts as large from one person
on, and processors that match arrivals."""

import pytest

from services.matching.service import SERVICE
from services.matching.use_cases.process_arrivals import ArrivalProcessor
from services.matching.use_cases.refresh_metrics import ArrivalMetrics
from tests.integration.matching.arrivals.pool import ProcessorFactory, set_programme
from tests.support.service_harness import HarnessFactory, ServiceHarness


@pytest.fixture
def large() -> int:
    """How many people make a pool large."""
    return 1


@pytest.fixture
async def matching(
    make_harness: HarnessFactory,
    monkeypatch: pytest.MonkeyPatch,
    large: int,
) -> ServiceHarness:
    monkeypatch.setenv("BINOME_MATCHING_LEASE", "1")
    monkeypatch.setenv("BINOME_MATCHING_ARRIVALS_FROM", str(large))
    made = await make_harness(SERVICE)
    await set_programme(made, cadence="arrival")
    return made


@pytest.fixture
def processors(matching: ServiceHarness) -> ProcessorFactory:
    """`processors()` is one more replica."""
    meters = ArrivalMetrics(matching.runtime.metrics)
    return lambda: ArrivalProcessor(matching.runtime, meters)


@pytest.fixture
def processor(processors: ProcessorFactory) -> ArrivalProcessor:
    return processors()
