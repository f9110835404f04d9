"""Rows of the outbox, written in the transaction that publishes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.persistence.batch import Connection

OUTBOX_CHANNEL = "binome_outbox"


@dataclass(frozen=True)
class OutboxMessage:
    """A row of the outbox, not yet written."""

    event_id: UUID
    exchange: str
    routing_key: str
    aggregate: str
    headers: dict[str, str]
    body: str


async def insert_outbox(connection: Connection, messages: Sequence[OutboxMessage]) -> None:
    """Put messages into the outbox in their order; the relay wakes at the commit."""
    if not messages:
        return
    # An identity column numbers the rows in the order in which the array holds them.
    await connection.execute(
        "WITH woken AS MATERIALIZED (SELECT pg_notify($7, ''))"
        " INSERT INTO outbox (event_id, exchange, routing_key, aggregate, headers, body)"
        " SELECT event_id, exchange, routing_key, aggregate, headers, body FROM woken, unnest("
        "$1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[]) WITH ORDINALITY"
        " AS message(event_id, exchange, routing_key, aggregate, headers, body, number)"
        " ORDER BY number",
        [message.event_id for message in messages],
        [message.exchange for message in messages],
        [message.routing_key for message in messages],
        [message.aggregate for message in messages],
        [message.headers for message in messages],
        [message.body for message in messages],
        OUTBOX_CHANNEL,
    )
