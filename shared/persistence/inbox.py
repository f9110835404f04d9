"""The inbox: which messages were handled already, so that a second delivery changes nothing."""

from collections.abc import Sequence
from uuid import UUID

from shared.persistence.database import Connection


async def claim_message_ids(
    connection: Connection, consumer: str, event_ids: Sequence[UUID]
) -> set[UUID]:
    """Write receipts; returns the ids that had none: only those are to be worked off."""
    rows = await connection.fetch(
        "INSERT INTO inbox (consumer, event_id) SELECT $1, * FROM unnest($2::uuid[])"
        " ON CONFLICT DO NOTHING RETURNING event_id",
        consumer,
        sorted(set(event_ids)),
    )
    return {row["event_id"] for row in rows}


async def claim_external_id(
    connection: Connection, queue: str, message_id: UUID, body_hash: bytes
) -> bool:
    """Whether this id is new in the queue, or came with the same body; kept as receipts are."""
    await connection.execute(
        "INSERT INTO letter_ids (queue, letter_id, body_hash) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        queue,
        message_id,
        body_hash,
    )
    stored_hash = await connection.fetchval(
        "SELECT body_hash FROM letter_ids WHERE queue = $1 AND letter_id = $2", queue, message_id
    )
    return bool(stored_hash == body_hash)
