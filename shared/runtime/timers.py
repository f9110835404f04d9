"""Durable timers: rows with a due time, fired once by whichever replica claims them first.

Late rather than never: after days of outage everything that came due meanwhile fires. A timer
and what its handler does commit together. One that fails is tried again with growing pauses, then
set aside with its reason, and counted.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import asyncpg
import structlog

from shared.runtime.clock import Clock
from shared.runtime.envelope import Cause
from shared.runtime.faults import where
from shared.runtime.metrics import Metrics
from shared.runtime.outbox import wait_for
from shared.runtime.service import Timer, TimerHandler
from shared.runtime.transaction import Transaction, Transactions

POLL_SECONDS = 0.2
ATTEMPTS = 8

_CLAIM = """
DELETE FROM timers WHERE (kind, key) IN (
    SELECT kind, key FROM timers
    WHERE due <= $1 AND parked_reason IS NULL AND kind = ANY($2)
      AND (not_before IS NULL OR not_before <= now())
    ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING kind, key, due, payload, correlation_id, attempts
"""

log = structlog.get_logger()


class Timekeeper:
    """Fires the timers of one service."""

    def __init__(
        self, transactions: Transactions, handlers: Mapping[str, TimerHandler], metrics: Metrics
    ) -> None:
        self._transactions = transactions
        self._handlers = handlers
        self._metrics = metrics

    @property
    def _clock(self) -> Clock:
        return self._transactions.clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Fire what is due until `stopping` is set."""
        while self._handlers and not stopping.is_set():
            try:
                fired = await self.fire_next()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("timers.unreachable", error=type(error).__name__)
                fired = False
            if not fired:
                await wait_for(stopping, POLL_SECONDS)

    async def fire_next(self) -> bool:
        """Fire the timer that is longest overdue; false when none is due."""
        try:
            async with self._transactions.begin() as tx:
                row = await tx.connection.fetchrow(_CLAIM, self._clock.now(), [*self._handlers])
                if row is None:
                    return False
                await self._fire(row, tx)
        except _Failed as failure:
            await self._try_later(failure.row, failure.cause)
        return True

    async def _fire(self, row: asyncpg.Record, tx: Transaction) -> None:
        if row["correlation_id"]:
            tx.cause = Cause(tx.cause.event_id, row["correlation_id"])
        timer = Timer(row["kind"], row["key"], row["due"], row["payload"])
        try:
            await self._handlers[timer.kind](timer, tx)
        except Exception as error:
            raise _Failed(row, error) from error
        self._metrics.timers.labels(timer.kind, "fired").inc()

    async def _try_later(self, row: asyncpg.Record, error: Exception) -> None:
        attempts = row["attempts"] + 1
        reason = f"{type(error).__name__} at {where(error)}"
        parked = reason if attempts >= ATTEMPTS else None
        log.error("timer.failed", kind=row["kind"], attempts=attempts, reason=reason)
        self._metrics.timers.labels(row["kind"], "parked" if parked else "failed").inc()
        await self._transactions.pool.execute(
            "UPDATE timers SET attempts = $3, not_before = now() + $4, parked_reason = $5"
            " WHERE kind = $1 AND key = $2",
            *(row["kind"], row["key"], attempts, timedelta(seconds=2.0**attempts), parked),
        )


class _Failed(Exception):
    def __init__(self, row: asyncpg.Record, cause: Exception) -> None:
        super().__init__()
        self.row = row
        self.cause = cause
