"""The relay: takes messages from the outbox to the broker, each marked sent only after its confirm.

Any number of relays share the work by SKIP LOCKED. A message is taken only when no earlier message
of the same aggregate waits, so events about one thing leave in order. A crash between confirm and
mark sends a message twice; the receipt at the other end ignores the second.

While a batch is on its way its rows stay locked, for as long as one publish may take (10 s; they
leave together). That is what SKIP LOCKED needs and costs one connection of the pool.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from functools import partial

import asyncpg
import structlog

from shared.messaging.publisher import Publisher
from shared.persistence.batch import Connection
from shared.persistence.database import ACQUIRE_SECONDS
from shared.persistence.notify import listen
from shared.persistence.outbox_rows import OUTBOX_CHANNEL
from shared.service.errors import DATABASE_ERRORS, ErrorKind, classify_error
from shared.service.metrics import Metrics
from shared.service.tasks import cancel_and_wait, wait_with_timeout
from shared.service.worker import Period, repeat_step, run_step

BATCH = 200
BACKOFF_SECONDS = 1.0
PERIOD = Period(1.0, BACKOFF_SECONDS, "outbox.unreachable", DATABASE_ERRORS)
TOLD_IDS = 5

_TAKE = """
SELECT id, event_id, exchange, routing_key, headers, body FROM outbox letter
WHERE sent_at IS NULL AND (not_before IS NULL OR not_before <= now()) AND NOT EXISTS (
    SELECT 1 FROM outbox earlier
    WHERE earlier.aggregate = letter.aggregate AND earlier.sent_at IS NULL
      AND earlier.id < letter.id)
ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_SENT = "UPDATE outbox SET sent_at = now() WHERE id = ANY($1)"
_SET_BACK = """
UPDATE outbox SET attempts = attempts + 1,
    not_before = now() + least(2 ^ least(attempts, 10), 300) * interval '1 second'
WHERE id = ANY($1)
"""

log = structlog.get_logger()


class PublishOutcome(StrEnum):
    """What became of one message."""

    SENT = "sent"
    BROKER_DOWN = "unsent"  # the broker is away: the same message next time
    REJECTED = "refused"  # the broker is there and does not take it: set back
    AMBIGUOUS = "doubtful"  # the channel closed over one message in flight, whichever it was


_OUTCOMES = {
    ErrorKind.BROKER_CHANNEL: PublishOutcome.AMBIGUOUS,
    ErrorKind.BROKER_AWAY: PublishOutcome.BROKER_DOWN,
    ErrorKind.NETWORK: PublishOutcome.BROKER_DOWN,
}


class Relay:
    """Publishes what the outbox holds until told to stop."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        publisher: Publisher,
        metrics: Metrics,
        period: Period = PERIOD,
    ) -> None:
        self._pool = pool
        self._publisher = publisher
        self._metrics = metrics
        self._period = period
        self._woken = asyncio.Event()

    def wake(self, *_: object) -> None:
        """There may be something to send."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until `stopping` is set, and then what the last deliveries published.

        What is left after that stays for the next process.
        """
        listener = asyncio.create_task(listen(self._pool, OUTBOX_CHANNEL, self.wake))
        step = partial(self._publish_next, stopping)
        try:
            await repeat_step(step, self._period, stopping, self._woken)
            await run_step(step, self._period)
        finally:
            await cancel_and_wait(listener)

    async def _publish_next(self, stopping: asyncio.Event) -> bool:
        """Try one batch; false when none waited. While the broker is away nothing ends the pause
        but `stopping`."""
        outcomes = await self.publish_batch()
        if outcomes[PublishOutcome.BROKER_DOWN]:
            await wait_with_timeout(stopping, BACKOFF_SECONDS)
        return bool(outcomes)

    async def publish_batch(self) -> Counter[PublishOutcome]:
        """Try one batch; returns how many messages met which outcome, empty when none waited."""
        async with (
            self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
            connection.transaction(),
        ):
            messages = await connection.fetch(_TAKE, BATCH)
            outcomes = await self._send_all(messages)
            await _store_outcomes(connection, messages, outcomes)
        for outcome, count in (counted := Counter(outcomes)).items():
            self._metrics.outbox.labels(outcome).inc(count)
        return counted

    async def _send_all(self, messages: Sequence[asyncpg.Record]) -> list[PublishOutcome]:
        """All at once; those that fell with their channel once more, each alone."""
        errors: list[Exception | None] = await asyncio.gather(*map(self._error, messages))
        outcomes = [_classify(error) for error in errors]
        for n, outcome in enumerate(outcomes):
            if outcome is PublishOutcome.AMBIGUOUS:
                errors[n] = alone = await self._error(messages[n])
                outcomes[n] = _classify(alone)
                if outcomes[n] is PublishOutcome.AMBIGUOUS:
                    outcomes[n] = PublishOutcome.REJECTED
        _log_failures(messages, outcomes, errors)
        return outcomes

    async def _error(self, message: asyncpg.Record) -> Exception | None:
        """Publish one message; what went wrong, or None. Whatever it was, the message stays."""
        try:
            await self._publisher.publish(
                message["exchange"],
                message["routing_key"],
                message["body"].encode(),
                message["headers"],
            )
        except Exception as error:  # noqa: BLE001 - the caller classifies it, and the message stays
            return error
        return None


def _log_failures(
    messages: Sequence[asyncpg.Record],
    outcomes: Sequence[PublishOutcome],
    errors: Sequence[Exception | None],
) -> None:
    """One line for each kind of trouble: a broker that is away has the same for every message."""
    troubles: dict[tuple[PublishOutcome, str], list[int]] = {}
    for n, error in enumerate(errors):
        if error is not None:
            troubles.setdefault((outcomes[n], type(error).__name__), []).append(n)
    for (outcome, kind), places in troubles.items():
        ids = [str(messages[n]["event_id"]) for n in places[:TOLD_IDS]]
        log.warning(f"outbox.{outcome}", error=kind, count=len(places), ids=ids)


def _classify(error: Exception | None) -> PublishOutcome:
    if error is None:
        return PublishOutcome.SENT
    return _OUTCOMES.get(classify_error(error), PublishOutcome.REJECTED)


async def _store_outcomes(
    connection: Connection, messages: Sequence[asyncpg.Record], outcomes: Sequence[PublishOutcome]
) -> None:
    ids: dict[PublishOutcome, list[int]] = {PublishOutcome.SENT: [], PublishOutcome.REJECTED: []}
    for message, outcome in zip(messages, outcomes, strict=True):
        ids.setdefault(outcome, []).append(message["id"])
    for statement, outcome in ((_SENT, PublishOutcome.SENT), (_SET_BACK, PublishOutcome.REJECTED)):
        if ids[outcome]:
            await connection.execute(statement, ids[outcome])
