"""Durable timers: rows with a due time, fired once by whichever replica claims them first.

Late rather than never: after days of outage everything that came due meanwhile fires. A timer
and what its handler does commit together. One that fails is tried again with growing pauses, then
set aside with its reason, and counted.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import structlog

from shared.messaging.correlation import MessageContext, bound_context, current_context
from shared.persistence.transaction import Transaction, TransactionFactory
from shared.service.clock import Clock
from shared.service.definition import Timer, TimerHandler
from shared.service.errors import DATABASE_ERRORS, error_location, is_infrastructure_failure
from shared.service.metrics import Metrics
from shared.service.worker import Period, repeat_step

POLL_SECONDS = 0.2
AWAY_SECONDS = 1.0
ATTEMPTS = 8
FIRE_SECONDS = 60

# Compared with `=`, so the subquery runs once: behind IN, PostgreSQL may choose to run it for
# each row, and a second run would take away a second timer, which nobody would fire.
_CLAIM = """
DELETE FROM timers WHERE (kind, key) = (
    SELECT kind, key FROM timers
    WHERE due <= $1 AND parked_reason IS NULL AND kind = ANY($2)
      AND (not_before IS NULL OR not_before <= now())
    ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING kind, key, due, payload, correlation_id, attempts
"""
# Only the timer that failed: its handler's neighbours may have set it anew meanwhile.
_SET_BACK = """
UPDATE timers SET attempts = $3, not_before = now() + $4, parked_reason = $5
WHERE kind = $1 AND key = $2 AND attempts = $3 - 1 AND due = $6
"""

log = structlog.get_logger()


class TimerScheduler:
    """Fires the timers of one service."""

    def __init__(
        self,
        transactions: TransactionFactory,
        handlers: Mapping[str, TimerHandler],
        metrics: Metrics,
    ) -> None:
        self._transactions = transactions
        self._handlers = handlers
        self._metrics = metrics

    @property
    def _clock(self) -> Clock:
        return self._transactions.clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Fire what is due until `stopping` is set."""
        if self._handlers:
            period = Period(POLL_SECONDS, AWAY_SECONDS, "timers.unreachable", DATABASE_ERRORS)
            await repeat_step(self.fire_next, period, stopping)

    async def fire_next(self) -> bool:
        """Fire the timer that is longest overdue; false when none is due."""
        row = None
        try:
            async with self._transactions.begin() as tx:
                row = await tx.connection.fetchrow(_CLAIM, self._clock.now(), [*self._handlers])
                if row is not None:
                    await self._fire(row, tx)
        except TimerFailed as failure:
            await self._reschedule(failure.row, failure.cause)
        except asyncpg.IntegrityConstraintViolationError as error:  # checked at the commit
            await self._reschedule(row, error)
        return row is not None

    async def _fire(self, row: asyncpg.Record, tx: Transaction) -> None:
        event_id = current_context().event_id
        tx.cause = MessageContext(event_id, row["correlation_id"] or event_id)
        timer = Timer(row["kind"], row["key"], row["due"], row["payload"])
        try:
            with bound_context(tx.cause):
                async with asyncio.timeout(FIRE_SECONDS):
                    await self._handlers[timer.kind](timer, tx)
                    await tx.flush()
        except Exception as error:
            if is_infrastructure_failure(error, tx.connection):
                raise
            raise TimerFailed(row, error) from error
        self._metrics.timers.labels(timer.kind, "fired").inc()

    async def _reschedule(self, row: Any, error: Exception) -> None:
        attempts = row["attempts"] + 1
        reason = f"{type(error).__name__} at {error_location(error)}"
        parked = reason if attempts >= ATTEMPTS else None
        log.error("timer.failed", kind=row["kind"], attempts=attempts, reason=reason)
        self._metrics.timers.labels(row["kind"], "parked" if parked else "failed").inc()
        await self._transactions.pool.execute(
            _SET_BACK,
            row["kind"],
            row["key"],
            attempts,
            timedelta(seconds=2.0**attempts),
            parked,
            row["due"],
        )


class TimerFailed(Exception):
    """A handler raised `cause`; `row` is its timer, rolled back with everything it did."""

    def __init__(self, row: asyncpg.Record, cause: Exception) -> None:
        super().__init__()
        self.row = row
        self.cause = cause
