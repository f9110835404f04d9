"""One message, one transaction: receipt, state and outgoing messages commit together."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from shared.contracts.events.base import Event
from shared.messaging.correlation import MessageContext, current_context
from shared.messaging.envelope import headers
from shared.messaging.names import EVENTS_EXCHANGE
from shared.persistence.batch import Connection
from shared.persistence.database import ACQUIRE_SECONDS
from shared.persistence.outbox_rows import OutboxMessage, insert_outbox
from shared.persistence.timer_rows import TimerRow, cancel_timer, set_timers
from shared.service.clock import Clock
from shared.web.signed_links import LinkSigner, token_hash


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
        rows = [TimerRow(kind, str(key), due, payload, correlation_id) for key in keys]
        await set_timers(self.connection, rows)

    async def cancel(self, kind: str, key: object) -> None:
        """Take a timer back; one that has fired or never was is fine."""
        await cancel_timer(self.connection, (kind, str(key)))

    async def flush(self) -> None:
        """Write the messages of this transaction into the outbox and wake the relay."""
        await insert_outbox(self.connection, self.outbox)
        self.outbox = []


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
