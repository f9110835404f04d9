"""Every few seconds: measure what is outstanding, unowned or set aside; every hour: purge."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic

import asyncpg

from shared.service.definition import WorkerContext
from shared.service.errors import DATABASE_ERRORS
from shared.service.worker import Period, repeat_step

MEASURE_SECONDS = 5.0
PURGE_SECONDS = 3600.0
PURGED_AT_ONCE = 20_000
KEPT = timedelta(days=8)
"""Receipts and sent messages; longer than the 7 days within which a repeat must be recognised."""

_OUTSTANDING = {
    "letters": "SELECT count(*) FROM outbox WHERE sent_at IS NULL",
    "timers_parked": "SELECT count(*) FROM timers WHERE parked_reason IS NOT NULL",
}
_OLDEST = "SELECT extract(epoch FROM now() - min(created_at)) FROM outbox WHERE sent_at IS NULL"

_PURGE = (
    "DELETE FROM inbox WHERE (consumer, event_id) IN (SELECT consumer, event_id FROM inbox"
    " WHERE received_at < now() - $1::interval LIMIT $2)",
    "DELETE FROM letter_ids WHERE (queue, letter_id) IN (SELECT queue, letter_id FROM letter_ids"
    " WHERE received_at < now() - $1::interval LIMIT $2)",
    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox"
    " WHERE sent_at < now() - $1::interval LIMIT $2)",
)

_PURGE_COUNTS = (
    "DELETE FROM limit_counts WHERE (rule, key, slice) IN (SELECT rule, key, slice"
    " FROM limit_counts WHERE kept_until <= $1 LIMIT $2)"
)
"""Counts that no limit reads any more; unlike inbox entries they go by the business clock."""


async def outstanding(runtime: WorkerContext) -> dict[str, int]:
    """What this service has begun and not yet done, by kind, plus timers that are overdue."""
    counts = {
        kind: await runtime.pool.fetchval(query)
        for kind, query in {**_OUTSTANDING, **runtime.service.outstanding}.items()
    }
    counts["timers_overdue"] = await runtime.pool.fetchval(
        "SELECT count(*) FROM timers WHERE parked_reason IS NULL AND due < $1", runtime.clock.now()
    )
    return counts


async def count_unowned(runtime: WorkerContext) -> dict[str, int]:
    """What is open in this service and has no next action with a date and an owner, by kind."""
    return await _counts(runtime, runtime.service.unowned)


async def set_aside(runtime: WorkerContext) -> dict[str, int]:
    """What could not be told or read and waits for an operator, by kind."""
    return await _counts(runtime, runtime.service.set_aside)


async def _counts(runtime: WorkerContext, queries: Mapping[str, str]) -> dict[str, int]:
    now = runtime.clock.now()
    return {
        kind: await runtime.pool.fetchval(query, *([now] if "$1" in query else []))
        for kind, query in queries.items()
    }


async def run_maintenance(runtime: WorkerContext) -> None:
    """Measure and purge until the service stops."""
    period = Period(MEASURE_SECONDS, outlived=DATABASE_ERRORS)
    await repeat_step(_Maintenance(runtime).measure_and_purge, period, runtime.stopping)


class _Maintenance:
    """When this process last purged."""

    def __init__(self, runtime: WorkerContext) -> None:
        self._runtime = runtime
        self._purged = -PURGE_SECONDS

    async def measure_and_purge(self) -> None:
        await measure(self._runtime)
        if monotonic() - self._purged > PURGE_SECONDS:
            await purge(self._runtime.pool, self._runtime.clock.now())
            self._purged = monotonic()


async def measure(runtime: WorkerContext) -> None:
    """Set the gauges of work and of what needs a human, which readiness tells too."""
    for kind, count in (await outstanding(runtime)).items():
        runtime.metrics.outstanding.labels(kind).set(count)
    no_owner, aside = await count_unowned(runtime), await set_aside(runtime)
    for kind, count in no_owner.items():
        runtime.metrics.unowned.labels(kind).set(count)
    for kind, count in aside.items():
        runtime.metrics.set_aside.labels(kind).set(count)
    runtime.attention = {"unowned": no_owner, "set_aside": aside}
    runtime.metrics.oldest_unsent.set(await runtime.pool.fetchval(_OLDEST) or 0)


async def purge(pool: asyncpg.Pool, now: datetime) -> None:
    """Let go of receipts, sent messages and counts that nobody needs any more, some at a time."""
    for statement in _PURGE:
        await _delete_all(pool, statement, KEPT)
    await _delete_all(pool, _PURGE_COUNTS, now)


async def _delete_all(pool: asyncpg.Pool, statement: str, before: timedelta | datetime) -> None:
    gone = PURGED_AT_ONCE
    while gone == PURGED_AT_ONCE:
        gone = int((await pool.execute(statement, before, PURGED_AT_ONCE)).split()[-1])
