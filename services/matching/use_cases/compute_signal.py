"""Working out whom to recruit: for the newest round of a pool, when somebody looks, in a process
of its own that ends with it."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from services.matching.domain.recruiting import Signal
from services.matching.solver_process.process import SolverProcess
from services.matching.solver_process.recruiting_signals import compute_signals
from services.matching.store.evidence import RoundArchive, StoredRound
from services.matching.store.signals import Signals
from shared.service.definition import WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields

NICENESS = 10
"""Niceness of the process: events and rounds go first."""

log = structlog.get_logger()


class SignalFailed(Exception):
    """The process ended without an answer."""


FAILURES: tuple[type[Exception], ...] = (*TRANSIENT_ERRORS, SignalFailed)


async def compute_latest_signal(runtime: WorkerContext) -> None:
    """Work out and keep the signal of a newest round that has none, if nobody is at it."""
    try:
        async with runtime.begin() as tx:
            round_id = await Signals(tx.connection).begin()
            stored = round_id and await RoundArchive(tx.connection).get(round_id)
        if stored:
            await _keep(runtime, stored.round_id, await _compute(stored))
    except FAILURES as error:
        log.warning("signal.failed", **error_fields(error.__cause__ or error))


async def _keep(runtime: WorkerContext, round_id: UUID, signals: Sequence[Signal]) -> None:
    async with runtime.begin() as tx:
        await Signals(tx.connection).keep(round_id, signals)
    log.info("signal.kept", round_id=str(round_id), kinds=len(signals))


async def _compute(stored: StoredRound) -> Sequence[Signal]:
    """The signal of a round, from another process; that ends when we are no longer interested."""
    process = SolverProcess(NICENESS)
    try:
        return await process.run(compute_signals, stored)
    except Exception as error:  # it died, or what is stored cannot be weighed
        raise SignalFailed from error
    finally:
        await process.close()
