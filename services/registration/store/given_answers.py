"""What was answered under an idempotency key, at every entrypoint that takes one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection


@dataclass(frozen=True)
class GivenAnswer:
    """`subject`: the request, the mentor, or the person it is about. `body_hash`: what was sent;
    empty once the person is erased. `receipt`: what a page showed after it."""

    body_hash: bytes
    side: str
    subject: UUID
    receipt: UUID | None = None


class GivenAnswers:
    """Keys come hashed; none is ever stored as it was sent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, sender: str, key_hash: bytes) -> GivenAnswer | None:
        """What this key was answered; two requests with one key wait for each other here."""
        await self._connection.execute(
            "SELECT pg_advisory_xact_lock($1)", int.from_bytes(key_hash[:8], "big", signed=True)
        )
        row = await self._connection.fetchrow(
            "SELECT body_hash, side, subject, receipt FROM idempotent_answers"
            " WHERE partner = $1 AND key_hash = $2",
            sender,
            key_hash,
        )
        return GivenAnswer(**row) if row else None

    async def add(self, sender: str, key_hash: bytes, answer: GivenAnswer, now: datetime) -> None:
        """Keep what was answered under a key. Raises UniqueViolationError for a used one."""
        await self._connection.execute(
            "INSERT INTO idempotent_answers (partner, key_hash, body_hash, side, subject, receipt,"
            " answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            sender,
            key_hash,
            answer.body_hash,
            answer.side,
            answer.subject,
            answer.receipt,
            now,
        )
