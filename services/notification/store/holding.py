"""Messages that wait for their turn, and how many SMS have left on each day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from services.notification.domain.message import Message
from services.notification.store.claims import admit_claims
from services.notification.store.messages import read_message
from services.notification.store.new_messages import WAKE_CHANNEL
from shared.contracts.types import Channel, Recipient
from shared.persistence.batch import Connection, PlainConnection, share_statement

HeldFor = Literal["limit", "sms_cap"]
DAYS_KEPT = 31

_HOLD = """
UPDATE messages AS held SET state = 'created', lease_until = NULL, admitted = NULL, held_for = $3,
    not_before = clock_timestamp() + CASE WHEN EXISTS (
        SELECT FROM messages AS first WHERE first.address_key = held.address_key
            AND first.held_for = 'limit' AND first.id <> held.id
    ) THEN $5::interval ELSE $4::interval END
WHERE id = $1 AND claim = $2 AND state = 'sending'
"""
_FOLD = """
UPDATE messages SET state = 'sending', claim = claim + 1, handed_at = NULL, held_for = NULL,
    lease_until = clock_timestamp() + $3
WHERE id IN (
    SELECT id FROM messages
    WHERE address_key = $1 AND held_for = 'limit' AND state = 'created' AND id <> $2
    ORDER BY intended_at LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING *
"""
_FOLD_INTO_REQUEST = """
UPDATE messages SET state = 'delivered', claim = claim + 1, held_for = NULL, settled_at = $3,
    reason = 'folded'
WHERE recipient = $1 AND person = $2 AND held_for = 'limit' AND state = 'created'
    AND address_key IS NOT NULL
RETURNING *
"""
_RELEASE = """
UPDATE messages SET not_before = clock_timestamp(), held_for = NULL
WHERE held_for = 'limit' AND state = 'created' AND address_key IN (
    SELECT address_key FROM messages
    WHERE person = $1 AND recipient = $2 AND address_key IS NOT NULL)
"""


class HeldMessages:
    """Messages in the limits of their address, or waiting for room in them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def admit(self, message: Message, channel: Channel, key: bytes | None) -> bool:
        """Give it its place in the limits of a channel. False: the claim is lost."""
        return await admit_claims(self._connection, (message.id, message.claim, channel, key))

    async def hold(
        self, message: Message, reason: HeldFor, pause: timedelta, longer: timedelta
    ) -> None:
        """Let it wait. The first of an address waits for the pause, and takes the others along;
        those wait longer, so that they come by themselves if the first one is lost."""
        await self._connection.execute(_HOLD, message.id, message.claim, reason, pause, longer)

    async def fold(
        self, message: Message, key: bytes, lease: timedelta, most: int
    ) -> list[Message]:
        """Claim those that wait for the same address: they leave as part of this message."""
        if not await _is_waited_for(self._connection, (key, message.id)):
            return []
        rows = await self._connection.fetch(_FOLD, key, message.id, lease, most)
        return [read_message(row) for row in rows]

    async def fold_into_request(self, message: Message, now: datetime) -> list[Message]:
        """Settle what of a registration waits for the person who is written to about it now."""
        if not await _has_held(self._connection, (message.recipient, message.person)):
            return []
        rows = await self._connection.fetch(
            _FOLD_INTO_REQUEST, message.recipient, message.person, now
        )
        return [read_message(row) for row in rows]

    async def release(self, person: str, recipient: Recipient) -> None:
        """Let all that waits for the address of that person, or of their guardian, leave."""
        await self._connection.execute(_RELEASE, person, recipient)
        await self._connection.execute("SELECT pg_notify($1, '')", WAKE_CHANNEL)


@share_statement
async def _is_waited_for(
    connection: PlainConnection, sent: Sequence[tuple[bytes, UUID]]
) -> Sequence[bool]:
    """Whether another message waits for the address of this one."""
    rows = await connection.fetch(
        "SELECT address_key, id FROM messages"
        " WHERE address_key = ANY($1) AND held_for = 'limit' AND state = 'created'",
        [key for key, _ in sent],
    )
    return [
        any(row["address_key"] == key and row["id"] != id_ for row in rows) for key, id_ in sent
    ]


@share_statement
async def _has_held(
    connection: PlainConnection, people: Sequence[tuple[Recipient, str]]
) -> Sequence[bool]:
    """Whether something about a registration waits for this person."""
    rows = await connection.fetch(
        "SELECT recipient, person FROM messages WHERE person = ANY($1)"
        " AND held_for = 'limit' AND state = 'created' AND address_key IS NOT NULL",
        [person for _, person in people],
    )
    held = {(row["recipient"], row["person"]) for row in rows}
    return [one in held for one in people]


class SmsDays:
    """A counter for each day of the calendar."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take(self, day: date, cap: int) -> bool:
        """Count one SMS. False: as many as the cap have left that day."""
        opened = await self._connection.execute(
            "INSERT INTO sms_days (day) VALUES ($1) ON CONFLICT (day) DO NOTHING", day
        )
        if opened == "INSERT 0 1":
            old = day - timedelta(days=DAYS_KEPT)
            await self._connection.execute("DELETE FROM sms_days WHERE day < $1", old)
        done = await self._connection.execute(
            "UPDATE sms_days SET sent = sent + 1 WHERE day = $1 AND sent < $2", day, cap
        )
        return bool(done == "UPDATE 1")

    async def give_back(self, day: date) -> None:
        """That SMS has to wait for another reason."""
        await self._connection.execute("UPDATE sms_days SET sent = sent - 1 WHERE day = $1", day)

    async def note_reached(self, day: date, now: datetime) -> bool:
        """Remember that the cap is reached. True for the first who finds it so."""
        done = await self._connection.execute(
            "UPDATE sms_days SET reached_at = $2 WHERE day = $1 AND reached_at IS NULL", day, now
        )
        return bool(done == "UPDATE 1")
