"""Introductions: pairs whose two messages are on their way."""

from datetime import datetime
from uuid import UUID

from services.notification.domain.catalogue import INTRODUCTIONS
from services.notification.store.stops import lock_subjects
from shared.contracts.events import PairConfirmed, PairIntroduced
from shared.runtime.database import Connection


class Introductions:
    """Pairs to be introduced; each is stated once, when both of its messages have left."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def expect(self, pair: PairConfirmed) -> None:
        """Remember a pair until it is introduced, unless it was stopped already."""
        await lock_subjects(self._connection, pair.request_id, pair.pair_id)
        await self._connection.execute(
            "INSERT INTO introductions (pair_id, request_id, mentee_id, mentor_id, association,"
            " programme) SELECT $1::uuid, $2::uuid, $3, $4, $5, $6"
            " WHERE NOT EXISTS (SELECT FROM withdrawn_requests WHERE request_id = $2)"
            " AND NOT EXISTS (SELECT FROM stopped_pairs WHERE pair_id = $1)"
            " ON CONFLICT (pair_id) DO NOTHING",
            *(pair.pair_id, pair.request_id, pair.mentee_id, pair.mentor_id),
            *(pair.association, pair.programme),
        )

    async def complete(self, pair_id: UUID, now: datetime) -> PairIntroduced | None:
        """The fact to state, when this result was the one that was missing; else None.

        The row lock makes two results that arrive together see each other.
        """
        row = await self._connection.fetchrow(
            "SELECT * FROM introductions WHERE pair_id = $1 AND introduced_at IS NULL"
            " AND NOT EXISTS (SELECT FROM stopped_pairs WHERE pair_id = $1) FOR UPDATE",
            pair_id,
        )
        if row is None or not await self._both_left(pair_id):
            return None
        await self._connection.execute(
            "UPDATE introductions SET introduced_at = $2 WHERE pair_id = $1", pair_id, now
        )
        return PairIntroduced.model_validate(dict(row))

    async def reached(self, pair_id: UUID, side: str) -> bool:
        """Whether the introduction to one side has left, or may have."""
        return bool(
            await self._connection.fetchval(
                "SELECT true FROM messages WHERE concerns = $1 AND template = $2"
                " AND (state IN ('delivered', 'unknown') OR handed_at IS NOT NULL)",
                *(pair_id, f"pair_introduced_{side}"),
            )
        )

    async def _both_left(self, pair_id: UUID) -> bool:
        left = await self._connection.fetchval(
            "SELECT count(*) FROM messages"
            " WHERE concerns = $1 AND template = ANY($2) AND state = 'delivered'",
            *(pair_id, list(INTRODUCTIONS)),
        )
        return bool(left == len(INTRODUCTIONS))
