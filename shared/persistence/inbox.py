"""The inbox: which messages were handled already, so that a second delivery changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.persistence.batch import Connection, PlainConnection, share_statement
from shared.persistence.columns import columns


@dataclass(frozen=True)
class StatedId:
    """The id that a sender gave a message, in a queue, and the hash of what it wrote."""

    queue: str
    message_id: UUID
    body_hash: bytes


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


@share_statement
async def claim_external_id(
    connection: PlainConnection, stated: Sequence[StatedId]
) -> Sequence[bool]:
    """Whether an id is new in its queue, or came with the same body; kept as receipts are.

    An id that two transactions bring at once is theirs one after the other.
    """
    rows = [(one.queue, one.message_id, one.body_hash) for one in stated]
    await connection.execute(
        "INSERT INTO letter_ids (queue, letter_id, body_hash)"
        " SELECT * FROM unnest($1::text[], $2::uuid[], $3::bytea[]) ON CONFLICT DO NOTHING",
        *columns(rows),
    )
    kept = await connection.fetch(
        "SELECT queue, letter_id, body_hash FROM letter_ids WHERE (queue, letter_id) IN"
        " (SELECT * FROM unnest($1::text[], $2::uuid[]))",
        *columns(rows)[:2],
    )
    hashes = {(row["queue"], row["letter_id"]): row["body_hash"] for row in kept}
    return [hashes[one.queue, one.message_id] == one.body_hash for one in stated]
