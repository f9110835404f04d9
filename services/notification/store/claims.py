"""What a sender writes about messages that it holds, for many at once.

Each function says for each message whether the claim still held; where it was lost, somebody else
has the message and nothing is changed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from shared.contracts.types import Channel
from shared.persistence.batch import PlainConnection, share_statement
from shared.persistence.columns import columns

_HAND_OVER = """
UPDATE messages SET channel = given.channel, handed_at = clock_timestamp(),
    lease_until = clock_timestamp() + given.lease
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::interval[]) AS given (id, claim, channel, lease)
WHERE messages.id = given.id AND messages.claim = given.claim AND state = 'sending'
RETURNING messages.id
"""
_DELIVER = """
UPDATE messages SET state = 'delivered', settled_at = sent.at, reason = NULL,
    reference = sent.reference, lease_until = NULL
FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[]) AS sent (id, claim, at, reference)
WHERE messages.id = sent.id AND messages.claim = sent.claim AND state = 'sending'
RETURNING messages.id
"""
_ADMIT = """
UPDATE messages SET admitted = given.channel, address_key = coalesce(given.key, address_key)
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bytea[]) AS given (id, claim, channel, key)
WHERE messages.id = given.id AND messages.claim = given.claim AND state = 'sending'
RETURNING messages.id
"""


@share_statement
async def hand_over_claims(
    connection: PlainConnection, given: Sequence[tuple[UUID, int, Channel, timedelta]]
) -> Sequence[bool]:
    """Message, claim, channel and lease: it goes to a gateway now."""
    return await _change(connection, _HAND_OVER, given)


@share_statement
async def deliver_claims(
    connection: PlainConnection, sent: Sequence[tuple[UUID, int, datetime, str | None]]
) -> Sequence[bool]:
    """Message, claim, time and the provider's reference: it left."""
    return await _change(connection, _DELIVER, sent)


@share_statement
async def admit_claims(
    connection: PlainConnection, given: Sequence[tuple[UUID, int, Channel, bytes | None]]
) -> Sequence[bool]:
    """Message, claim, channel and the key of its address: it has its place in the limits."""
    return await _change(connection, _ADMIT, given)


async def _change(
    connection: PlainConnection, statement: str, rows: Sequence[tuple[object, ...]]
) -> list[bool]:
    changed = {row["id"] for row in await connection.fetch(statement, *columns(rows))}
    return [row[0] in changed for row in rows]
