"""Matching in a harness, with runners that solve its rounds in a real solver process."""

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
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import PROGRAMME, Couple, pages, propose
from tests.support.service_harness import HarnessFactory, ServiceHarness

LEASE = 6.0
"""Seconds; renewed every two. Tests let one lapse by `ledger.lapse`, not by waiting."""

RunnerFactory = Callable[..., RoundRunner]


@pytest.fixture(scope="session")
async def solver_process() -> AsyncIterator[SolverProcess]:
    """One warm process for the whole run."""
    process = SolverProcess()
    yield process
    await process.close()


@pytest.fixture
async def matching(make_harness: HarnessFactory, monkeypatch: pytest.MonkeyPatch) -> ServiceHarness:
    monkeypatch.setenv("BINOME_MATCHING_LEASE", str(LEASE))
    return await make_harness(SERVICE)


@pytest.fixture
async def own_solver_process() -> AsyncIterator[SolverProcess]:
    """A process of the test's own, which may be kept busy or killed."""
    process = SolverProcess()
    yield process
    await process.close()


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """`release()` lets `faults.dawdle` go on, in a process that starts after this."""
    path = tmp_path / "release"
    monkeypatch.setenv("TEST_RELEASE", str(path))
    return path.touch


@pytest.fixture
def runners(matching: ServiceHarness, solver_process: SolverProcess) -> RunnerFactory:
    """`runners()` is one more replica; `runners(solved_by=…)` one whose engine goes wrong."""
    meters = RoundMetrics(matching.runtime.metrics)

    def runner(
        solver_process: SolverProcess = solver_process, solved_by: Solve = best_round
    ) -> RoundRunner:
        return RoundRunner(matching.runtime, solver_process, meters, solved_by)

    return runner


@pytest.fixture
def runner(runners: RunnerFactory) -> RoundRunner:
    return runners()


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
