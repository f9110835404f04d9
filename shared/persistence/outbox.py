"""The relay: takes letters from the outbox to the broker, each marked sent only after its confirm.

Any number of relays share the work by SKIP LOCKED. A letter is taken only when no earlier letter
of the same aggregate waits, so facts about one thing leave in order. A crash between confirm and
mark sends a letter twice; the receipt at the other end ignores the second.

While a batch is on its way its rows stay locked, for as long as one publish may take (10 s; they
leave together). That is what SKIP LOCKED needs and costs one connection of the pool.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

import asyncpg
import structlog
from aiormq.exceptions import AMQPChannelError, AMQPConnectionError, ChannelInvalidStateError

from shared.messaging.publisher import Publisher
from shared.persistence.database import ACQUIRE_SECONDS, Connection
from shared.persistence.notify import listen
from shared.persistence.transaction import OUTBOX_CHANNEL
from shared.service.errors import described
from shared.service.metrics import Metrics
from shared.service.tasks import over, wait_for

__all__ = ["Relay", "listen", "wait_for"]

BATCH = 200
POLL_SECONDS = 1.0
BACKOFF_SECONDS = 1.0
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


class Outcome(StrEnum):
    """What became of one letter."""

    SENT = "sent"
    UNSENT = "unsent"  # the broker is away: the same letter next time
    REFUSED = "refused"  # the broker is there and does not take it: set back
    DOUBTFUL = "doubtful"  # the channel closed over one letter in flight, whichever it was


class Relay:
    """Publishes what the outbox holds until told to stop."""

    def __init__(self, pool: asyncpg.Pool, publisher: Publisher, metrics: Metrics) -> None:
        self._pool = pool
        self._publisher = publisher
        self._metrics = metrics
        self._woken = asyncio.Event()

    def wake(self, *_: object) -> None:
        """There may be something to send."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until `stopping` is set, and then what the last deliveries stated.

        What is left after that stays for the next process.
        """
        listener = asyncio.create_task(listen(self._pool, OUTBOX_CHANNEL, self.wake))
        try:
            while not stopping.is_set():
                await self._round(stopping)
            await self._round(stopping)
        finally:
            await over(listener)

    async def _round(self, stopping: asyncio.Event) -> None:
        self._woken.clear()
        try:
            outcomes = await self.pump()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("outbox.unreachable", **described(error))
            await wait_for(stopping, BACKOFF_SECONDS)
            return
        if outcomes[Outcome.UNSENT]:
            await wait_for(stopping, BACKOFF_SECONDS)
        elif not outcomes and not stopping.is_set():
            await wait_for(self._woken, POLL_SECONDS)

    async def pump(self) -> Counter[Outcome]:
        """Try one batch; returns how many letters met which outcome, empty when none waited."""
        async with (
            self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
            connection.transaction(),
        ):
            letters = await connection.fetch(_TAKE, BATCH)
            outcomes = await self._send_all(letters)
            await _mark(connection, letters, outcomes)
        for outcome, count in (counted := Counter(outcomes)).items():
            self._metrics.letters.labels(outcome).inc(count)
        return counted

    async def _send_all(self, letters: Sequence[asyncpg.Record]) -> list[Outcome]:
        """All at once; those that fell with their channel once more, each alone."""
        errors: list[Exception | None] = await asyncio.gather(*map(self._error, letters))
        outcomes = [_judged(error) for error in errors]
        for n, outcome in enumerate(outcomes):
            if outcome is Outcome.DOUBTFUL:
                errors[n] = alone = await self._error(letters[n])
                outcomes[n] = _judged(alone)
                if outcomes[n] is Outcome.DOUBTFUL:
                    outcomes[n] = Outcome.REFUSED
        _tell(letters, outcomes, errors)
        return outcomes

    async def _error(self, letter: asyncpg.Record) -> Exception | None:
        """Publish one letter; what went wrong, or None. Whatever it was, the letter stays."""
        try:
            await self._publisher.publish(
                letter["exchange"],
                letter["routing_key"],
                letter["body"].encode(),
                letter["headers"],
            )
        except Exception as error:
            return error
        return None


def _tell(
    letters: Sequence[asyncpg.Record],
    outcomes: Sequence[Outcome],
    errors: Sequence[Exception | None],
) -> None:
    """One line for each kind of trouble: a broker that is away has the same for every letter."""
    troubles: dict[tuple[Outcome, str], list[int]] = {}
    for n, error in enumerate(errors):
        if error is not None:
            troubles.setdefault((outcomes[n], type(error).__name__), []).append(n)
    for (outcome, kind), places in troubles.items():
        ids = [str(letters[n]["event_id"]) for n in places[:TOLD_IDS]]
        log.warning(f"letters.{outcome}", error=kind, count=len(places), ids=ids)


def _judged(error: Exception | None) -> Outcome:
    if error is None:
        return Outcome.SENT
    if isinstance(error, AMQPChannelError | ChannelInvalidStateError):
        return Outcome.DOUBTFUL
    if isinstance(error, OSError | AMQPConnectionError):
        return Outcome.UNSENT
    return Outcome.REFUSED


async def _mark(
    connection: Connection, letters: Sequence[asyncpg.Record], outcomes: Sequence[Outcome]
) -> None:
    ids: dict[Outcome, list[int]] = {Outcome.SENT: [], Outcome.REFUSED: []}
    for letter, outcome in zip(letters, outcomes, strict=True):
        ids.setdefault(outcome, []).append(letter["id"])
    for statement, outcome in ((_SENT, Outcome.SENT), (_SET_BACK, Outcome.REFUSED)):
        if ids[outcome]:
            await connection.execute(statement, ids[outcome])
