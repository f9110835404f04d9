"""One message, one transaction: receipt, state and outgoing messages commit together."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from shared.contracts.events.base import Event
from shared.messaging.correlation import MessageContext, current_context
from shared.messaging.envelope import headers
from shared.messaging.names import EVENTS_EXCHANGE
from shared.persistence.database import ACQUIRE_SECONDS, Connection
from shared.service.clock import Clock
from shared.web.signed_links import LinkSigner, token_hash

OUTBOX_CHANNEL = "binome_outbox"

_SCHEDULE = """
INSERT INTO timers (kind, key, due, payload, correlation_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (kind, key) DO UPDATE SET due = excluded.due,
    payload = excluded.payload, attempts = 0, not_before = NULL, parked_reason = NULL
"""


@dataclass(frozen=True)
class OutboxMessage:
    """A row of the outbox, not yet written."""

    event_id: UUID
    exchange: str
    routing_key: str
    aggregate: str
    headers: dict[str, str]
    body: str


class Transaction:
    """What a handler, a timer or a page works with: the time, the store's connection, publish.

    `now` stands still during the transaction. Nothing published leaves before the commit.
    """

    def __init__(
        self,
        source: str,
        connection: Connection,
        now: datetime,
        cause: MessageContext,
        links: LinkSigner | None = None,
    ) -> None:
        self.connection = connection
        self.now = now
        self.cause = cause
        self._source = source
        self._links = links
        self.outbox: list[OutboxMessage] = []
        """What was published and is not yet written."""

    def new_id(self) -> UUID:
        """A fresh random id (122 random bits)."""
        return uuid4()

    def fingerprint(self, purpose: str, subject: object) -> bytes:
        """What the owner of a page stores of the link for a subject (an id), see `links`."""
        if self._links is None:
            raise RuntimeError("these transactions were opened without links")
        return token_hash(self._links.token(purpose, subject))

    def publish(self, event: Event) -> None:
        """Publish an event to every subscriber, once this transaction commits."""
        event_id = self.new_id()
        attributes = headers(event, self._source, event_id, self.now, self.cause)
        aggregate = f"{type(event).aggregate_id_field}:{event.subject}"
        body = event.model_dump_json()
        self.outbox.append(
            OutboxMessage(event_id, EVENTS_EXCHANGE, event.topic, aggregate, attributes, body)
        )

    def send(self, exchange: str, routing_key: str, payload: Mapping[str, Any]) -> None:
        """Send something that is not an event (a refusal to a partner) the same safe way."""
        event_id = self.new_id()
        attributes = {
            "ce-specversion": "1.0",
            "ce-id": str(event_id),
            "ce-type": f"binome.{routing_key.rsplit('.', 1)[-1]}.v1",
            "ce-source": f"/binome/{self._source}",
            "ce-time": self.now.isoformat(),
            "ce-correlationid": str(self.cause.correlation_id),
        }
        body = json.dumps(payload, ensure_ascii=False)
        message = OutboxMessage(event_id, exchange, routing_key, str(event_id), attributes, body)
        self.outbox.append(message)

    async def schedule(self, kind: str, key: object, due: datetime, **payload: Any) -> None:
        """Set the timer `kind` for `key`; setting it again moves it."""
        await self.schedule_all(kind, (key,), due, **payload)

    async def schedule_all(
        self, kind: str, keys: Iterable[object], due: datetime, **payload: Any
    ) -> None:
        """The same timer for many keys, in one go."""
        correlation_id = self.cause.correlation_id
        await self.connection.executemany(
            _SCHEDULE, [(kind, str(key), due, payload, correlation_id) for key in keys]
        )

    async def cancel(self, kind: str, key: object) -> None:
        """Take a timer back; one that has fired or never was is fine."""
        await self.connection.execute(
            "DELETE FROM timers WHERE kind = $1 AND key = $2", kind, str(key)
        )

    async def flush(self) -> None:
        """Write the messages of this transaction into the outbox and wake the relay."""
        await insert_outbox(self.connection, self.outbox)
        self.outbox = []


async def insert_outbox(connection: Connection, messages: Sequence[OutboxMessage]) -> None:
    """Put messages into the outbox in their order; the relay wakes at the commit."""
    if not messages:
        return
    await connection.executemany(
        "INSERT INTO outbox (event_id, exchange, routing_key, aggregate, headers, body)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        [(x.event_id, x.exchange, x.routing_key, x.aggregate, x.headers, x.body) for x in messages],
    )
    await connection.execute("SELECT pg_notify($1, '')", OUTBOX_CHANNEL)


class TransactionFactory:
    """Opens transactions for one service.

    `acquire_timeout`: seconds to wait for a connection of the pool; TimeoutError after that.
    """

    def __init__(
        self,
        source: str,
        pool: asyncpg.Pool,
        clock: Clock,
        links: LinkSigner | None = None,
        *,
        acquire_timeout: float = ACQUIRE_SECONDS,
    ) -> None:
        self.pool = pool
        self.clock = clock
        self._source = source
        self._links = links
        self._acquire_timeout = acquire_timeout

    @asynccontextmanager
    async def begin(self, cause: MessageContext | None = None) -> AsyncIterator[Transaction]:
        """A transaction that commits when the block ends well and leaves nothing otherwise.

        Without a cause it belongs to the chain of events in hand.
        """
        async with (
            self.pool.acquire(timeout=self._acquire_timeout) as connection,
            connection.transaction(),
        ):
            tx = self.wrap(connection, cause)
            yield tx
            await tx.flush()

    def wrap(self, connection: Connection, cause: MessageContext | None = None) -> Transaction:
        """A transaction object on a connection that is already in a transaction."""
        cause = cause or current_context()
        return Transaction(self._source, connection, self.clock.now(), cause, self._links)
