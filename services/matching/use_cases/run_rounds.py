"""The worker that holds rounds: asks for what is due, takes one in hand, brings it to its end."""

from functools import partial
from uuid import uuid4

import structlog

from services.matching.settings import MatchingSettings
from services.matching.solver_process.process import SolverProcess, SolverProcessDied
from services.matching.solver_process.race import Interrupted, heartbeat, race
from services.matching.solver_process.solve_and_verify import Solve, best_round, solve_and_verify
from services.matching.store import (
    ClaimedRound,
    Findings,
    PublicationBatches,
    PublishedRound,
    Rounds,
)
from services.matching.store.asking import Asking
from services.matching.use_cases.publish_round import Publishing, RoundLost
from services.matching.use_cases.refresh_metrics import RoundMetrics
from shared.service.definition import WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields
from shared.service.worker import Period, repeat_step

POLL_SECONDS = 0.25
ATTEMPTS = 3
"""A round that takes its process down so often is given up; its pool is asked for anew later. Once
accepted, it has as many again to be published."""

log = structlog.get_logger()


async def run_rounds(runtime: WorkerContext) -> None:
    """Hold rounds until the service stops."""
    solver, meters = SolverProcess(), RoundMetrics(runtime.metrics)
    runner = RoundRunner(runtime, solver, meters)
    try:
        await repeat_step(runner.step, Period(POLL_SECONDS), runtime.stopping)
    finally:
        await solver.close()


class RoundRunner:
    """Holds rounds one after the other for one replica. `solved_by` may stand in for the engine."""

    def __init__(
        self,
        runtime: WorkerContext,
        solver: SolverProcess,
        meters: RoundMetrics,
        solved_by: Solve = best_round,
    ) -> None:
        settings = runtime.settings
        if not isinstance(settings, MatchingSettings):
            raise TypeError("rounds need the settings of matching")
        self._cadence, self._lease = settings.cadence, settings.lease
        self._arrivals_from = settings.matching_arrivals_from
        self._runtime = runtime
        self._solver = solver
        self._solved_by = solved_by
        self._meters = meters
        self._publishing = Publishing(runtime, self._lease)

    async def step(self) -> bool:
        """Ask for what is due and hold one round; false when there was none to hold."""
        await self.ask()
        claimed = await self.claim()
        if claimed is not None:
            await self.hold(claimed)
        return claimed is not None

    async def ask(self) -> bool:
        """Put the round that is due into the queue, with its pool as it is now."""
        async with self._runtime.begin() as tx:
            asking = Asking(tx.connection)
            due = await asking.due_pool(tx.now, self._cadence, self._lease, self._arrivals_from)
            return due is not None and await asking.request(tx.new_id(), due, tx.now)

    async def claim(self) -> ClaimedRound | None:
        """Take a round in hand: a waiting one, or one whose claimant has fallen silent."""
        async with self._runtime.begin() as tx:
            return await Rounds(tx.connection).claim(uuid4(), self._lease)

    async def hold(self, claimed: ClaimedRound) -> None:
        """Solve, check and publish; a round that cannot be held ends with its reason."""
        if claimed.attempts > ATTEMPTS * (2 if claimed.accepted else 1):
            await self._fail(claimed, "too_many_attempts")
        elif claimed.accepted:
            await self.publish(claimed)
        else:
            await self._hold_anew(claimed)

    async def _hold_anew(self, claimed: ClaimedRound) -> None:
        try:
            outcome = await self.solve(claimed)
        except Interrupted:
            await self._solver.close()
            await self._put_back(claimed, blame=0)
        except SolverProcessDied:
            await self._put_back(claimed, blame=1)
        except Exception as error:  # noqa: BLE001 - whatever the engine raises, the round is failed by its name
            log.error("round.failed", round_id=str(claimed.round_id), **error_fields(error))
            await self._fail(claimed, type(error).__name__)
        else:
            await self.settle(claimed, outcome)

    async def solve(self, claimed: ClaimedRound) -> Findings:
        """What the engine and its verifier find, in the process of their own.

        Raises Interrupted when the service stops or another replica has taken the round over.
        """
        stored = (claimed.inputs, claimed.policy, claimed.held_on)
        return await race(
            self._solver.run(solve_and_verify, *stored, self._solved_by, claimed.last_proof),
            heartbeat(partial(self._renew, claimed), self._lease.total_seconds()),
            self._runtime.stopping.wait(),
        )

    async def settle(self, claimed: ClaimedRound, outcome: Findings) -> None:
        """Publish what holds, or reject a round whose proof does not hold."""
        if not outcome.sound:
            await self._reject(claimed, outcome)
            return
        try:
            await self._publishing.accept(claimed, outcome)
        except RoundLost:
            log.warning("round.lost", round_id=str(claimed.round_id))
            return
        await self.publish(claimed)

    async def publish(self, claimed: ClaimedRound) -> None:
        """Publish what is left of an accepted round; whatever stops it, another goes on from
        there."""
        try:
            ended = await self._publishing.publish(claimed)
        except RoundLost:
            log.warning("round.lost", round_id=str(claimed.round_id))
        except Interrupted:
            await self._put_back(claimed, blame=0)
        except TRANSIENT_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the round is put back with blame
            log.error("round.failed", round_id=str(claimed.round_id), **error_fields(error))
            await self._put_back(claimed, blame=1)
        else:
            self._meters.count_published(ended)
            _log_published(claimed, ended)

    async def _renew(self, claimed: ClaimedRound) -> bool:
        async with self._runtime.begin() as tx:
            return await Rounds(tx.connection).renew(claimed, self._lease)

    async def _put_back(self, claimed: ClaimedRound, blame: int) -> None:
        log.warning("round.put_back", round_id=str(claimed.round_id), attempts=claimed.attempts)
        async with self._runtime.begin() as tx:
            await Rounds(tx.connection).put_back(claimed, blame)

    async def _fail(self, claimed: ClaimedRound, reason: str) -> None:
        async with self._runtime.begin() as tx:
            await Rounds(tx.connection).fail(claimed, reason)
            await PublicationBatches(tx.connection).drop(claimed.round_id)
        self._meters.count_failed()

    async def _reject(self, claimed: ClaimedRound, outcome: Findings) -> None:
        log.error("round.rejected", round_id=str(claimed.round_id), gap=outcome.gap)
        async with self._runtime.begin() as tx:
            await Rounds(tx.connection).reject(claimed, outcome)
        self._meters.count_rejected(outcome)


def _log_published(claimed: ClaimedRound, ended: PublishedRound) -> None:
    log.info(
        "round.published",
        round_id=str(claimed.round_id),
        waiting=claimed.waiting,
        pairs=ended.pairs,
        gap=ended.gap,
        seconds=round(ended.seconds, 3),
    )
