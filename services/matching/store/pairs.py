"""Pairs: everybody who was ever put together, so that nobody is twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.persistence.batch import Connection

# Ordered, so that rounds of different pools never deadlock.
_HOLD_REQUESTS = """
SELECT request_id FROM requests WHERE request_id IN
    (SELECT (entry->>'request_id')::uuid FROM jsonb_array_elements($1::text::jsonb) entry)
ORDER BY request_id FOR UPDATE
"""
_HOLD_MENTORS = """
SELECT mentor_id FROM mentors WHERE mentor_id IN
    (SELECT (entry->>'mentor_id')::uuid FROM jsonb_array_elements($1::text::jsonb) entry)
ORDER BY mentor_id FOR UPDATE
"""

# The best scores first where a mentor has fewer places left than the round gave them.
_MAKE = """
WITH proposed AS (
    SELECT p.*, r.mentee_id, r.programme, r.association, m.capacity - m.taken AS places,
           row_number() OVER (PARTITION BY p.mentor_id ORDER BY p.score DESC, p.request_id) AS rank
    FROM jsonb_to_recordset($1::text::jsonb)
         AS p (request_id uuid, mentor_id uuid, score float8, components jsonb)
    JOIN requests r ON r.request_id = p.request_id AND r.state = 'waiting'
     AND NOT r.request_id = ANY ($4::uuid[])
    JOIN mentors m ON m.mentor_id = p.mentor_id
    WHERE NOT EXISTS (SELECT FROM kept_apart k
                      WHERE k.mentee_id = r.mentee_id AND k.mentor_id = p.mentor_id)
), made AS (
    INSERT INTO pairs (request_id, mentee_id, mentor_id, round_id, score, components, made_at)
    SELECT request_id, mentee_id, mentor_id, $2, score, components, $3
    FROM proposed WHERE rank <= places
    ON CONFLICT (mentee_id, mentor_id) DO NOTHING
    RETURNING *
), paired AS (
    UPDATE requests SET state = 'paired' WHERE request_id IN (SELECT request_id FROM made)
), placed AS (
    UPDATE mentors m SET taken = taken + given.places
    FROM (SELECT mentor_id, count(*)::int AS places FROM made GROUP BY mentor_id) given
    WHERE m.mentor_id = given.mentor_id
)
SELECT made.pair_id, made.request_id, made.mentee_id, made.mentor_id,
       r.association, r.programme, made.score, made.components
FROM made JOIN requests r ON r.request_id = made.request_id ORDER BY made.request_id
"""
_LOCK_REQUEST_OF_PAIR = """
SELECT FROM requests WHERE request_id = (SELECT request_id FROM pairs WHERE pair_id = $1)
FOR UPDATE
"""
_STANDING = """
SELECT p.pair_id, p.request_id, p.mentee_id, p.mentor_id, r.association, r.programme,
       p.score, p.components
FROM pairs p JOIN requests r USING (request_id)
WHERE p.pair_id = $1 AND p.ended_at IS NULL FOR UPDATE OF p
"""
_SET_ASIDE = """
WITH gone AS (
    DELETE FROM pairs WHERE pair_id = ANY ($1) RETURNING request_id, mentor_id
), placed AS (
    UPDATE mentors m SET taken = taken - given.places, changed_in = pg_current_xact_id()
    FROM (SELECT mentor_id, count(*)::int AS places FROM gone GROUP BY mentor_id) given
    WHERE m.mentor_id = given.mentor_id
)
UPDATE requests SET state = 'waiting', blocked = array_append(blocked, 'untold'), blocked_at = $2
WHERE request_id IN (SELECT request_id FROM gone)
"""
_COUNT = "SELECT jsonb_array_length($1::text::jsonb)"

_FIGURES = ("score", "components")


@dataclass(frozen=True)
class MadePair:
    """A pair that stands, as its events state it."""

    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    association: str
    programme: str
    score: float
    components: dict[str, float]

    def ids(self) -> dict[str, Any]:
        """Who and where, as every event about a pair says it."""
        return {field: value for field, value in vars(self).items() if field not in _FIGURES}

    def under_known_association(self) -> "MadePair":
        """The same pair; under the network's head where its association has left the file."""
        known = self.association in ASSOCIATIONS
        return self if known else replace(self, association=NETWORK_HEAD)


@dataclass(frozen=True)
class ForeignPair:
    """A pair that was not made here."""

    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID


class Pairs:
    """Makes pairs in bulk and keeps them for ever."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def make(
        self, round_id: UUID, proposed: str, now: datetime, left_out: Sequence[UUID] = ()
    ) -> tuple[Sequence[MadePair], int]:
        """Make those of the proposed pairs that still can be: the request waits, the mentor has a
        place, the two were never put together. Everybody concerned is held until the commit.

        `proposed`: JSON list of {request_id, mentor_id, score, components}; `left_out`: requests
        that are not to be paired. Returns the pairs that stand, and how many fell out.
        """
        await self.lock_people(proposed)
        # A statement of its own: it must see what was committed while we waited for the locks.
        rows = await self._connection.fetch(_MAKE, proposed, round_id, now, left_out)
        made = [MadePair(**row) for row in rows]
        return made, await self._connection.fetchval(_COUNT, proposed) - len(made)

    async def lock_people(self, proposed: str) -> None:
        """Keep everybody in these pairs from others until the commit, requests first."""
        await self._connection.execute(_HOLD_REQUESTS, proposed)
        await self._connection.execute(_HOLD_MENTORS, proposed)

    async def set_aside(self, pair_ids: Sequence[UUID], now: datetime) -> None:
        """Unmake pairs that cannot be published: their requests wait for an operator."""
        await self._connection.execute(_SET_ASIDE, list(pair_ids), now)

    async def end(self, pair_id: UUID, reason: str, now: datetime) -> bool:
        """Write down that a pair is over; false when it is none of ours, or was over before."""
        ended = await self._connection.fetchval(
            "UPDATE pairs SET ended_at = $2, end_reason = $3"
            " WHERE pair_id = $1 AND ended_at IS NULL RETURNING true",
            pair_id,
            now,
            reason,
        )
        return bool(ended)

    async def introduce(self, pair_id: UUID, now: datetime) -> None:
        """Both have their messages; a pair that is unknown stays so."""
        await self._connection.execute(
            "UPDATE pairs SET introduced_at = coalesce(introduced_at, $2) WHERE pair_id = $1",
            pair_id,
            now,
        )

    async def was_introduced(self, pair_id: UUID) -> bool:
        """Whether both had their messages, as far as events have come."""
        introduced = await self._connection.fetchval(
            "SELECT introduced_at IS NOT NULL FROM pairs WHERE pair_id = $1", pair_id
        )
        return bool(introduced)

    async def is_known(self, pair_id: UUID) -> bool:
        """Whether a pair was made or remembered here, over or not."""
        known = await self._connection.fetchval(
            "SELECT true FROM pairs WHERE pair_id = $1", pair_id
        )
        return bool(known)

    async def get_standing_for_update(self, pair_id: UUID) -> MadePair | None:
        """A pair that is not over, locked after its request; None when there is none."""
        await self._connection.execute(_LOCK_REQUEST_OF_PAIR, pair_id)
        row = await self._connection.fetchrow(_STANDING, pair_id)
        return MadePair(**row).under_known_association() if row else None

    async def standing_of_request(self, request_id: UUID) -> list[UUID]:
        """The pairs of a request that are not over: one, or none."""
        rows = await self._connection.fetch(
            "SELECT pair_id FROM pairs WHERE request_id = $1 AND ended_at IS NULL", request_id
        )
        return [row["pair_id"] for row in rows]

    async def remember(self, pair: ForeignPair, reason: str, now: datetime) -> None:
        """Keep a pair that has ended elsewhere, so that it is not made again."""
        await self._connection.execute(
            "INSERT INTO pairs (pair_id, request_id, mentee_id, mentor_id, ended_at, end_reason)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            pair.pair_id,
            pair.request_id,
            pair.mentee_id,
            pair.mentor_id,
            now,
            reason,
        )

    async def standing_between(self, person_id: UUID, others: Collection[UUID]) -> Sequence[UUID]:
        """The pairs of this person with one of the others that are not over."""
        rows = await self._connection.fetch(
            "SELECT pair_id FROM pairs WHERE ended_at IS NULL AND"
            " (mentee_id = $1 AND mentor_id = ANY($2) OR mentor_id = $1 AND mentee_id = ANY($2))"
            " ORDER BY pair_id",
            person_id,
            list(others),
        )
        return [row["pair_id"] for row in rows]

    async def standing_of(self, person_id: UUID) -> Sequence[UUID]:
        """The pairs of a mentee or a mentor that are not over, in the order of their ids."""
        rows = await self._connection.fetch(
            "SELECT pair_id FROM pairs WHERE (mentee_id = $1 OR mentor_id = $1)"
            " AND ended_at IS NULL ORDER BY pair_id",
            person_id,
        )
        return [row["pair_id"] for row in rows]
