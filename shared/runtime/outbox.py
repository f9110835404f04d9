"""The relay: takes letters from the outbox to the broker, each marked sent only after its confirm.

Any number of relays share the work by SKIP LOCKED. A letter is taken only when no earlier letter
of the same aggregate waits, so facts about one thing leave in order. A crash between confirm and
mark sends a letter twice; the receipt at the other end ignores the second.
"""

import asyncio
from collections.abc import Callable
from functools import partial

import asyncpg
import structlog

from shared.runtime.metrics import Metrics
from shared.runtime.publisher import Publisher
from shared.runtime.transaction import OUTBOX_CHANNEL

BATCH = 200
POLL_SECONDS = 1.0
BACKOFF_SECONDS = 1.0

_TAKE = """
SELECT id, event_id, exchange, routing_key, headers, body FROM outbox letter
WHERE sent_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM outbox earlier
    WHERE earlier.aggregate = letter.aggregate AND earlier.sent_at IS NULL
      AND earlier.id < letter.id)
ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
"""

log = structlog.get_logger()


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
        """Relay until `stopping` is set; then what is left stays for the next process."""
        listener = asyncio.create_task(listen(self._pool, OUTBOX_CHANNEL, self.wake))
        try:
            while not stopping.is_set():
                await self._round()
        finally:
            listener.cancel()

    async def _round(self) -> None:
        self._woken.clear()
        try:
            taken, sent = await self.pump()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("outbox.unreachable", error=type(error).__name__)
            taken, sent = 1, 0
        if sent < taken:
            await asyncio.sleep(BACKOFF_SECONDS)
        elif not taken:
            await wait_for(self._woken, POLL_SECONDS)

    async def pump(self) -> tuple[int, int]:
        """Send one batch; returns how many letters were taken and how many confirmed."""
        async with self._pool.acquire() as connection, connection.transaction():
            letters = await connection.fetch(_TAKE, BATCH)
            outcomes = await asyncio.gather(*map(self._send, letters))
            sent = [letter["id"] for letter, ok in zip(letters, outcomes, strict=True) if ok]
            if sent:
                await connection.execute(
                    "UPDATE outbox SET sent_at = now() WHERE id = ANY($1)", sent
                )
        return len(letters), len(sent)

    async def _send(self, letter: asyncpg.Record) -> bool:
        try:
            await self._publisher.publish(
                *(letter["exchange"], letter["routing_key"]),
                *(letter["body"].encode(), letter["headers"]),
            )
        except Exception as error:  # whatever it was, the letter stays and is sent again
            log.warning(
                "letter.unsent", event_id=str(letter["event_id"]), error=type(error).__name__
            )
            self._metrics.letters.labels("unsent").inc()
            return False
        self._metrics.letters.labels("sent").inc()
        return True


def _set(event: asyncio.Event, *_: object) -> None:
    event.set()


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, or that long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def listen(pool: asyncpg.Pool, channel: str, woken: Callable[..., None]) -> None:
    """Call `woken` at each NOTIFY, for ever; a lost connection is opened again.

    Missed notifications do no harm: whoever listens also polls.
    """
    while True:
        try:
            async with pool.acquire() as connection:
                closed = asyncio.Event()
                connection.add_termination_listener(partial(_set, closed))
                await connection.add_listener(channel, woken)
                woken()
                try:
                    await closed.wait()
                finally:
                    await connection.remove_listener(channel, woken)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("listener.lost", error=type(error).__name__)
        await asyncio.sleep(BACKOFF_SECONDS)
