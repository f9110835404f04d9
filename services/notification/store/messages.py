"""Messages: what is to be sent, by whom it is held, what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.notification.domain.intent import MessageIntent
from services.notification.domain.message import Message, State
from services.notification.store.claims import deliver_claims, hand_over_claims
from services.notification.store.new_messages import NewMessage, enqueue_messages
from shared.contracts.types import Channel
from shared.messaging.correlation import MessageContext
from shared.persistence.batch import Connection
from shared.persistence.database import Record

_HELD = """
UPDATE messages SET state = 'sending', claim = claim + 1, handed_at = NULL, held_for = NULL,
    lease_until = clock_timestamp() + $2
WHERE id IN (
    SELECT id FROM messages
    WHERE state IN ('created', 'temporary-failure') AND not_before <= clock_timestamp()
    ORDER BY not_before LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""
_INTERRUPTED = """
UPDATE messages SET lease_until = clock_timestamp() + $2
WHERE id IN (
    SELECT id FROM messages WHERE state = 'sending' AND lease_until <= clock_timestamp()
    ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""
OUTSTANDING = {
    "messages": "SELECT count(*) FROM messages"
    " WHERE state IN ('created', 'sending', 'temporary-failure')",
    "messages_unknown": "SELECT count(*) FROM messages WHERE state = 'unknown'",
    "messages_over_limit": "SELECT count(*) FROM messages WHERE held_for = 'limit'",
}
"""Begun and not yet done; `messages_unknown` waits for a human, not for time. What is over a limit
is among `messages` too."""
SET_ASIDE = {"sms_over_cap": "SELECT count(*) FROM messages WHERE held_for = 'sms_cap'"}
"""SMS that wait for the next morning, as many having left today as may."""


class Messages:
    """The messages of this service. Whoever lost a claim changes nothing and is told so."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def enqueue(self, intent: MessageIntent, cause: MessageContext, now: datetime) -> None:
        """Keep an intent and wake the senders; one that is already there stays as it is, and one
        about what was stopped is not kept."""
        await enqueue_messages(self._connection, NewMessage(intent, cause, now))

    async def claim(self, limit: int, lease: timedelta) -> list[Message]:
        """Take messages that are due; nobody else has them until the lease is over."""
        rows = await self._connection.fetch(_HELD, limit, lease)
        return [read_message(row) for row in rows]

    async def hand_over(self, message: Message, channel: Channel, lease: timedelta) -> bool:
        """Write down that it goes to a gateway now. False: the claim is lost, do not send."""
        return await hand_over_claims(self._connection, (message.id, message.claim, channel, lease))

    async def deliver(self, message: Message, now: datetime, reference: str) -> bool:
        """It left. False: somebody else has settled it."""
        return await deliver_claims(
            self._connection, (message.id, message.claim, now, reference or None)
        )

    async def settle(
        self, message: Message, state: State, now: datetime, reason: str = "", reference: str = ""
    ) -> bool:
        """Bring it to its end: delivered, or a final failure. False: somebody else has."""
        return await self._change(
            message,
            "state = $3, settled_at = $4, reason = $5, reference = $6, lease_until = NULL",
            state,
            now,
            reason or None,
            reference or None,
        )

    async def try_later(self, message: Message, pause: timedelta, reason: str) -> bool:
        """A temporary failure: again after a pause."""
        return await self._change(
            message,
            "state = 'temporary-failure', setbacks = setbacks + 1, reason = $4,"
            " not_before = clock_timestamp() + $3, lease_until = NULL",
            pause,
            reason,
        )

    async def put_back(self, message: Message, pause: timedelta) -> bool:
        """It was never handed over, through no fault of its own: as if it had not been claimed."""
        return await self._change(
            message,
            "state = 'created', not_before = clock_timestamp() + $3, lease_until = NULL",
            pause,
        )

    async def wait_for_pair(self, message: Message, pause: timedelta) -> bool:
        """Put back without a setback, and remember since when it waits."""
        return await self._change(
            message,
            "state = 'created', not_before = clock_timestamp() + $3, lease_until = NULL,"
            " waiting_since = coalesce(waiting_since, clock_timestamp())",
            pause,
        )

    async def turn_to_other_channel(self, message: Message, spent: Channel, reason: str) -> bool:
        """A channel refused it for good: at once by the other."""
        return await self._change(
            message,
            "state = 'created', spent = array_append(spent, $3), channel = NULL, setbacks = 0,"
            " reason = $4, not_before = clock_timestamp(), lease_until = NULL",
            spent,
            reason,
        )

    async def claim_interrupted(self, limit: int, lease: timedelta) -> list[Message]:
        """Messages whose sender did not come back before its lease was over; held once more."""
        rows = await self._connection.fetch(_INTERRUPTED, limit, lease)
        return [read_message(row) for row in rows]

    async def _change(self, message: Message, changes: str, *values: object) -> bool:
        done = await self._connection.execute(
            f"UPDATE messages SET {changes} WHERE id = $1 AND claim = $2 AND state = 'sending'",
            message.id,
            message.claim,
            *values,
        )
        return bool(done == "UPDATE 1")


def read_message(row: Record) -> Message:
    """A row of the table as a sender holds it."""
    spent: Sequence[Channel] = row["spent"]
    return Message(
        id=row["id"],
        template=row["template"],
        recipient=row["recipient"],
        person=row["person"],
        concerns=row["concerns"],
        lang=row["lang"],
        facts=row["facts"],
        claim=row["claim"],
        setbacks=row["setbacks"],
        channel=row["channel"],
        spent=tuple(spent),
        handed_at=row["handed_at"],
        cause_id=row["cause_id"],
        correlation_id=row["correlation_id"],
        waiting_since=row["waiting_since"],
        intended_at=row["intended_at"],
        admitted=row["admitted"],
    )
