"""How far pairs have come. Events may arrive in any order: each fills in what it knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registration.domain.disclosure import KnownPair
from shared.persistence.batch import Connection
from shared.persistence.database import Record


@dataclass(frozen=True)
class PairEvent:
    """What an event says of a pair."""

    pair_id: UUID
    request_id: UUID
    mentor_id: UUID | None = None
    association: str | None = None


class Pairs:
    """One row per pair; the first date of each stage stays."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def record_proposed(
        self, pair: PairEvent, components: Mapping[str, float], now: datetime
    ) -> None:
        """Two people are put together; `components` say how well they fit, each in [0, 1]."""
        await self._stage(pair, "proposed_at", now)
        await self._connection.execute(
            "UPDATE pairs SET components = coalesce(components, $2) WHERE pair_id = $1",
            pair.pair_id,
            components,
        )

    async def record_asked(self, pair: PairEvent, last_day: date) -> None:
        """Both sides are asked first, and may answer to the end of this day."""
        await self._know(pair)
        await self._connection.execute(
            "UPDATE pairs SET answer_until = coalesce(answer_until, $2) WHERE pair_id = $1",
            pair.pair_id,
            last_day,
        )

    async def record_released(self, pair: PairEvent, now: datetime) -> None:
        """Proposed, and will not be."""
        await self._stage(pair, "released_at", now)

    async def record_confirmed(self, pair: PairEvent, now: datetime) -> None:
        """It stands. Who they are is what this event says, whatever came before it: it alone opens
        one half's contact to the other, and matching alone may publish it."""
        await self._stage(pair, "confirmed_at", now)
        await self._connection.execute(
            "UPDATE pairs SET request_id = $2, mentor_id = $3, association = $4"
            " WHERE pair_id = $1",
            pair.pair_id, pair.request_id, pair.mentor_id, pair.association,
        )  # fmt: skip

    async def get(self, pair_id: UUID) -> KnownPair | None:
        """Who a pair is made of and whether it stands; None before any word of it."""
        row = await self._connection.fetchrow(
            "SELECT r.mentee_id, p.mentor_id, p.confirmed_at, p.released_at, p.ended_at"
            " FROM pairs p LEFT JOIN requests r ON r.id = p.request_id WHERE p.pair_id = $1",
            pair_id,
        )
        return KnownPair(**row) if row else None

    async def record_introduced(self, pair: PairEvent, now: datetime) -> None:
        """Date the introduction, in whatever order events come."""
        await self._stage(pair, "introduced_at", now)

    async def record_met(self, pair: PairEvent, now: datetime) -> None:
        """Date the first meeting, in whatever order events come."""
        await self._stage(pair, "met_at", now)

    async def record_renewed(self, pair: PairEvent, term: int, now: datetime) -> None:
        """Keep the term, from 1; an earlier one that comes late changes nothing."""
        await self._know(pair)
        await self._connection.execute(
            "UPDATE pairs SET term = $2, renewed_at = $3 WHERE pair_id = $1 AND term < $2",
            pair.pair_id,
            term,
            now,
        )

    async def record_ended(self, pair: PairEvent, reason: str, now: datetime) -> None:
        """Date the end, with its reason."""
        await self._stage(pair, "ended_at", now)
        await self._connection.execute(
            "UPDATE pairs SET end_reason = $2 WHERE pair_id = $1", pair.pair_id, reason
        )

    async def take_end_back(self, pair_id: UUID) -> bool:
        """It was undone before its engagement ended; false where no end was published."""
        taken = await self._connection.fetchval(
            "UPDATE pairs SET ended_at = NULL, end_reason = NULL"
            " WHERE pair_id = $1 AND ended_at IS NOT NULL RETURNING true",
            pair_id,
        )
        return bool(taken)

    async def stands(self, pair_id: UUID) -> bool:
        """Whether this pair is not over."""
        standing = await self._connection.fetchval(
            "SELECT released_at IS NULL AND ended_at IS NULL FROM pairs WHERE pair_id = $1", pair_id
        )
        return bool(standing)

    async def was_released(self, pair_id: UUID) -> bool:
        """Whether matching undid this pair; its request waits again, or was withdrawn."""
        released = await self._connection.fetchval(
            "SELECT released_at IS NOT NULL FROM pairs WHERE pair_id = $1", pair_id
        )
        return bool(released)

    async def has_standing(self, request_id: UUID) -> bool:
        """Whether a request is in a pair, proposed or further, that is not over."""
        standing = await self._connection.fetchval(
            "SELECT true FROM pairs WHERE request_id = $1 AND released_at IS NULL"
            " AND ended_at IS NULL LIMIT 1",
            request_id,
        )
        return bool(standing)

    async def of_request(self, request_id: UUID) -> list[Record]:
        """The pairs of a request, the latest last."""
        return await self._connection.fetch(
            "SELECT * FROM pairs WHERE request_id = $1 ORDER BY proposed_at, confirmed_at, pair_id",
            request_id,
        )

    async def of_mentor(self, mentor_id: UUID) -> list[Record]:
        """The pairs of a mentor, the latest last."""
        return await self._connection.fetch(
            "SELECT * FROM pairs WHERE mentor_id = $1 ORDER BY proposed_at, confirmed_at, pair_id",
            mentor_id,
        )

    async def mentors_of(self, mentee_id: UUID) -> list[UUID]:
        """Everybody whom a young person was ever paired with."""
        rows = await self._connection.fetch(
            "SELECT DISTINCT mentor_id FROM pairs JOIN requests r ON r.id = request_id"
            " WHERE r.mentee_id = $1 AND mentor_id IS NOT NULL",
            mentee_id,
        )
        return [row["mentor_id"] for row in rows]

    async def _stage(self, pair: PairEvent, column: str, now: datetime) -> None:
        await self._know(pair)
        await self._connection.execute(
            f"UPDATE pairs SET {column} = coalesce({column}, $2) WHERE pair_id = $1",
            pair.pair_id,
            now,
        )

    async def _know(self, pair: PairEvent) -> None:
        await self._connection.execute(
            "INSERT INTO pairs (pair_id, request_id, mentor_id, association)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT (pair_id) DO UPDATE SET"
            " mentor_id = coalesce(pairs.mentor_id, excluded.mentor_id),"
            " association = coalesce(pairs.association, excluded.association)",
            pair.pair_id,
            pair.request_id,
            pair.mentor_id,
            pair.association,
        )
