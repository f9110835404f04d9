"""Working out whom to recruit: for the newest round of a pool, when somebody looks, in a process
of its own that lives no longer than that."""

import asyncio
import json
import sys
from collections.abc import Sequence
from uuid import UUID

import structlog

from services.matching.domain.recruiting import Kind, Signal
from services.matching.store.evidence import RoundArchive, StoredRound
from services.matching.store.signals import Signals
from shared.service.definition import WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields

WORKER = "services.matching.solver_process.signal_process"

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
        log.warning("signal.failed", **error_fields(error))


async def _keep(runtime: WorkerContext, round_id: UUID, signals: Sequence[Signal]) -> None:
    async with runtime.begin() as tx:
        await Signals(tx.connection).keep(round_id, signals)
    log.info("signal.kept", round_id=str(round_id), kinds=len(signals))


async def _compute(stored: StoredRound) -> Sequence[Signal]:
    """The signal of a round, from another process; that ends when we are no longer interested."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        WORKER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a traceback may quote what it was given
    )
    try:
        found, _ = await process.communicate(_question(stored))
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise SignalFailed
    return [Signal(Kind(*kind), *value) for kind, value in json.loads(found)]


def _question(stored: StoredRound) -> bytes:
    asked = {
        "inputs": stored.inputs,
        "policy": stored.policy,
        "held_on": stored.held_on.isoformat(),
        "certificate": stored.certificate,
        "paired": [pair["request_id"] for pair in stored.result or ()],
    }
    return json.dumps(asked).encode()
