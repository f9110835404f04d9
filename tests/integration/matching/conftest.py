"""Matching on the stage, with keepers that hold its rounds in the real process of its own."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.matching.domain.programme import Changes
from services.matching.service import SERVICE
from services.matching.solver_process.process import SolverProcess
from services.matching.solver_process.solve_and_verify import Solve, best_round
from services.matching.store import Programmes
from services.matching.use_cases.refresh_metrics import RoundMetrics
from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import Event
from tests.integration.matching.asked import PROGRAMME, Couple, pages, propose
from tests.integration.matching.people import mentor, request
from tests.support.service_harness import HarnessFactory, ServiceHarness

LEASE = 6.0
"""Seconds; renewed every two. Tests let one lapse by `ledger.lapse`, not by waiting."""

Keepers = Callable[..., RoundRunner]


@pytest.fixture(scope="session")
async def workshop() -> AsyncIterator[SolverProcess]:
    """One warm process for the whole run."""
    shop = SolverProcess()
    yield shop
    await shop.close()


@pytest.fixture
async def matching(stage: HarnessFactory, monkeypatch: pytest.MonkeyPatch) -> ServiceHarness:
    monkeypatch.setenv("BINOME_MATCHING_LEASE", str(LEASE))
    return await stage(SERVICE)


@pytest.fixture
async def own_workshop() -> AsyncIterator[SolverProcess]:
    """A process of the test's own, which may be kept busy or die."""
    shop = SolverProcess()
    yield shop
    await shop.close()


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """`release()` lets `faults.dawdle` go on, in a process that starts after this."""
    path = tmp_path / "release"
    monkeypatch.setenv("TEST_RELEASE", str(path))
    return path.touch


@pytest.fixture
def keepers(matching: ServiceHarness, workshop: SolverProcess) -> Keepers:
    """`keepers()` is one more replica; `keepers(solved_by=…)` one whose engine goes wrong."""
    meters = RoundMetrics(matching.runtime.metrics)

    def keeper(workshop: SolverProcess = workshop, solved_by: Solve = best_round) -> RoundRunner:
        return RoundRunner(matching.runtime, workshop, meters, solved_by)

    return keeper


@pytest.fixture
def keeper(keepers: Keepers) -> RoundRunner:
    return keepers()


@pytest.fixture
async def asking(matching: ServiceHarness) -> ServiceHarness:
    """Matching with a programme that asks both sides, within the usual seven days."""
    async with matching.runtime.begin() as tx:
        changes = Changes(mode="proposal", cadence="arrival")
        await Programmes(tx.connection).set(PROGRAMME, changes)
    return matching


@pytest.fixture
async def couple(asking: ServiceHarness) -> Couple:
    """A young person and a mentor who are asked now."""
    asked, offered = request(PROGRAMME), mentor()
    for event in (asked, offered):
        await asking.handle(event)
    assert await propose(asking, asked, offered) == 1
    return asked, offered


@pytest.fixture
async def events(asking: ServiceHarness, couple: Couple) -> list[Event]:
    return await asking.take_events()


@pytest.fixture
def links(asking: ServiceHarness, events: list[Event]) -> dict[str, str]:
    return pages(asking, events)
