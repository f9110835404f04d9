"""Arrivals: who came to a large pool since its last round, and what that round left open for them.

`kept_prices` (a view, see the migrations) says which round may answer. Whoever answers holds the
pool's row first, then requests, then mentors in order, as publishing does; whoever asks for a round
holds the same row, so that no round is asked for in the middle of an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection

_NEW = """
r.programme = kept.programme AND r.state = 'waiting'
AND r.changed_in >= pg_snapshot_xmin(kept.snapshot)
AND NOT pg_visible_in_snapshot(r.changed_in, kept.snapshot)
AND NOT EXISTS (SELECT FROM arrivals a WHERE a.request_id = r.request_id
                AND a.round_id = kept.round_id AND a.pair_id IS NULL)
"""
# In the order of the index on who waits, so that nobody goes through all of them for a few.
_KEPT = f"""
SELECT programme, round_id, (SELECT true FROM requests r WHERE {_NEW}
                             ORDER BY r.changed_in LIMIT 1) IS NOT NULL AS awaited
FROM kept_prices kept WHERE people >= $1 ORDER BY programme
"""

_OPEN_ENTRY = """
m.criteria || jsonb_build_object(
    'id', m.mentor_id, 'association', m.association, 'capacity', m.capacity - m.taken) AS entry
FROM mentors m CROSS JOIN (SELECT snapshot FROM rounds WHERE round_id = $1) kept
WHERE m.taken < m.capacity AND pg_visible_in_snapshot(m.changed_in, kept.snapshot)
"""
# In the form of a round's inputs, some hundred mentors in each: whoever reads one holds up nobody
# for long. A mentor who joined since, or was given a place back, is left to
# the next round: somebody who waits may want that place. One statement is one snapshot.
_LEFT_OPEN = f"""
WITH mentor AS (SELECT {_OPEN_ENTRY}), used AS (
    SELECT m.association, count(*)::int AS pairs FROM pairs p JOIN mentors m USING (mentor_id)
    WHERE p.round_id = $1 AND NOT EXISTS (SELECT FROM arrivals a WHERE a.pair_id = p.pair_id)
    GROUP BY m.association
), capped AS (
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', association, 'round_cap',
        greatest(round_cap - coalesce(pairs, 0), 0))), '[]') AS associations
    FROM association_caps LEFT JOIN used USING (association) WHERE round_cap IS NOT NULL
), portion AS (
    SELECT jsonb_agg(entry) AS mentors
    FROM (SELECT entry, row_number() OVER () / 500 AS number FROM mentor) numbered GROUP BY number
    UNION ALL SELECT '[]'
)
SELECT policy, held_on, (certificate #> '{{score,prices}}')::text AS prices,
    ARRAY(SELECT jsonb_build_object('mentees', '[]'::jsonb, 'past', '[]'::jsonb,
        'mentors', mentors, 'associations', associations)::text FROM portion, capped) AS inputs
FROM rounds WHERE round_id = $1
"""

# First come, first served; one that somebody else has in hand is left for the next look.
_NEWCOMERS = f"""
WITH mentee AS (
    SELECT came.* FROM kept_prices kept CROSS JOIN LATERAL (
        SELECT r.request_id, r.mentee_id, r.changed_in, r.criteria || jsonb_build_object(
            'id', r.request_id, 'since', r.since, 'association', r.association) AS entry
        FROM requests r WHERE {_NEW} ORDER BY r.changed_in, r.request_id LIMIT $2
        FOR UPDATE SKIP LOCKED) came
    WHERE kept.round_id = $1
), past AS (
    SELECT DISTINCT mentee.request_id, p.mentor_id FROM mentee JOIN pairs p USING (mentee_id)
), apart AS (
    SELECT mentee_id, jsonb_build_object('avoid', jsonb_agg(DISTINCT mentor_id)) AS entry
    FROM mentee JOIN kept_apart USING (mentee_id) GROUP BY mentee_id
)
SELECT jsonb_build_object(
    'mentors', '[]'::jsonb,
    'mentees', (SELECT coalesce(jsonb_agg(mentee.entry || coalesce(apart.entry, '{{}}')
                                          ORDER BY changed_in, request_id), '[]')
                FROM mentee LEFT JOIN apart USING (mentee_id)),
    'past', (SELECT coalesce(jsonb_agg(jsonb_build_array(request_id, mentor_id)), '[]')
             FROM past))::text
"""
_STILL_OPEN = f"""
WITH mentor AS (SELECT {_OPEN_ENTRY} AND m.mentor_id = ANY ($2))
SELECT jsonb_build_object('mentees', '[]'::jsonb, 'past', '[]'::jsonb,
    'mentors', (SELECT coalesce(jsonb_agg(entry), '[]') FROM mentor))::text
"""
_NOTE = """
INSERT INTO arrivals (request_id, round_id, pair_id, association, answered_at, seconds)
SELECT r.request_id, $1, p.pair_id, m.association, $2,
       extract(epoch FROM clock_timestamp() - r.heard_at)
FROM requests r
LEFT JOIN pairs p ON p.request_id = r.request_id AND p.pair_id = ANY ($4)
LEFT JOIN mentors m ON m.mentor_id = p.mentor_id
WHERE r.request_id = ANY ($3)
RETURNING pair_id IS NOT NULL AS found, seconds
"""


@dataclass(frozen=True)
class KeptRound:
    """A round that may answer who comes; `awaited`: somebody has come."""

    programme: str
    round_id: UUID
    awaited: bool


@dataclass(frozen=True)
class LeftOpen:
    """What a round left open: each of `inputs` names some of its mentors, and the room of all
    associations; `prices` are those of its score (JSON texts)."""

    policy: Mapping[str, Any]
    held_on: date
    prices: str
    inputs: Sequence[str]


@dataclass(frozen=True)
class Answer:
    """How an arrival was answered, and after how many real seconds."""

    found: bool
    seconds: float


class Arrivals:
    """Finds who came, holds whom their answers concern, notes how they were answered."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get_rounds(self, least_people: int) -> Sequence[KeptRound]:
        """The rounds that may answer, of pools of at least so many people."""
        return [KeptRound(**row) for row in await self._connection.fetch(_KEPT, least_people)]

    async def get_residual(self, round_id: UUID) -> LeftOpen:
        """All that a round left open, as it is now. Raises LookupError."""
        row = await self._connection.fetchrow(_LEFT_OPEN, round_id)
        if row is None:
            raise LookupError(str(round_id))
        return LeftOpen(**row)

    async def hold(self, kept: KeptRound) -> bool:
        """Be the only one to answer in this pool until the commit; false when somebody else does,
        or the round may no longer answer."""
        alone = await self._connection.fetchval(
            "SELECT true FROM pools WHERE programme = $1 FOR NO KEY UPDATE SKIP LOCKED",
            kept.programme,
        )
        # A statement of its own: it sees what was committed before we held the pool.
        return bool(alone) and bool(
            await self._connection.fetchval(
                "SELECT true FROM kept_prices WHERE round_id = $1", kept.round_id
            )
        )

    async def newcomers(self, round_id: UUID, most: int) -> str:
        """Those who came and were not looked at yet, in the order they came, and the pairs they
        were in before: inputs of a round (JSON). They are held until the commit."""
        inputs: str = await self._connection.fetchval(_NEWCOMERS, round_id, most)
        return inputs

    async def still_open(self, round_id: UUID, mentor_ids: Sequence[UUID]) -> str:
        """Those of these mentors who have a place that the round left open, with all their places:
        inputs of a round (JSON). They are held until the commit."""
        await self._connection.execute(
            "SELECT FROM mentors WHERE mentor_id = ANY ($1) ORDER BY mentor_id FOR UPDATE",
            mentor_ids,
        )
        # A statement of its own: it must see what was committed while we waited for the locks.
        inputs: str = await self._connection.fetchval(_STILL_OPEN, round_id, mentor_ids)
        return inputs

    async def count_by_association(self, round_id: UUID) -> Mapping[str, int]:
        """Association → pairs of its mentors with people who came after the round."""
        rows = await self._connection.fetch(
            "SELECT association, count(*) AS pairs FROM arrivals"
            " WHERE round_id = $1 AND pair_id IS NOT NULL AND association IS NOT NULL"
            " GROUP BY association",
            round_id,
        )
        return {row["association"]: row["pairs"] for row in rows}

    async def note(
        self,
        round_id: UUID,
        request_ids: Sequence[UUID],
        pair_ids: Sequence[UUID],
        now: datetime,
    ) -> Sequence[Answer]:
        """Write down how these requests were answered; those without one of the pairs wait for the
        next round."""
        rows = await self._connection.fetch(_NOTE, round_id, now, request_ids, pair_ids)
        return [Answer(**row) for row in rows]
