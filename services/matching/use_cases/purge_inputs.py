"""Letting stored pools go, some at a time: what was let go is committed, the rest is found again
by the next look, of whichever replica."""

from datetime import timedelta

import structlog

from services.matching.settings import MatchingSettings
from services.matching.store import StoredInputs
from shared.service.definition import WorkerContext
from shared.service.worker import periodic

PAUSE_SECONDS = 3600.0
AT_ONCE = 50

log = structlog.get_logger()


@periodic(PAUSE_SECONDS)
async def purge_inputs(runtime: WorkerContext) -> None:
    """Forget the stored pools that have been kept long enough."""
    if count := await purge_some(runtime, AT_ONCE):
        log.info("inputs.released", count=count)


async def purge_some(runtime: WorkerContext, at_once: int) -> int:
    """Forget every pool that has been kept long enough; returns how many."""
    settings = runtime.settings
    if not isinstance(settings, MatchingSettings):
        raise TypeError("retention needs the settings of matching")
    retention = timedelta(days=settings.matching_inputs_days)
    evidence = timedelta(days=settings.matching_evidence_days)
    count, last = 0, at_once
    while last == at_once and not runtime.stopping.is_set():
        async with runtime.begin() as tx:
            last = await StoredInputs(tx.connection).purge(retention, evidence, at_once)
        count += last
    return count
