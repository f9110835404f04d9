"""Selections: whose pupils may be chosen for, by which link, and the places that choices take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.matching.store.pairs import MadePair
from shared.persistence.batch import Connection

_OPEN = """
INSERT INTO selections
    (selection_id, fingerprint, association, programme, shown, opened_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_CANDIDATES = """
SELECT request_id, association, programme, state,
       EXISTS (SELECT FROM selection_requests s JOIN selections USING (selection_id)
               WHERE s.request_id = r.request_id AND expires_at > $2) AS in_selection
FROM requests r WHERE request_id = ANY ($1) ORDER BY request_id FOR UPDATE
"""
_BEHIND = """
SELECT selection_id, association, programme, shown, expires_at
FROM selections WHERE fingerprint = $1 AND expires_at > $2
"""
_PUPILS = """
SELECT s.number, r.request_id, r.criteria, r.since, r.state,
       chosen.mentor_id, chosen.components, m.criteria AS mentor_criteria
FROM selection_requests s
JOIN requests r USING (request_id)
LEFT JOIN pairs chosen ON chosen.request_id = s.request_id
                      AND chosen.selection_id = s.selection_id
LEFT JOIN mentors m ON m.mentor_id = chosen.mentor_id
WHERE s.selection_id = $1 ORDER BY s.number
"""

# In the form of a round's inputs. Only mentors who could pass the gates of need, level and
# association are read; a cap counts what this selection has taken of it already.
_GROUP = """
WITH selection AS (SELECT * FROM selections WHERE selection_id = $1), mentee AS (
    SELECT r.request_id, r.mentee_id, r.criteria, r.criteria || jsonb_build_object(
        'id', r.request_id, 'since', r.since, 'association', r.association) AS entry
    FROM selection_requests s JOIN requests r USING (request_id)
    WHERE s.selection_id = $1 AND r.state = 'waiting'
), wanted AS (
    SELECT ARRAY(SELECT jsonb_array_elements_text(criteria->'needs') FROM mentee) AS needs,
           ARRAY(SELECT criteria->>'level' FROM mentee) AS levels
), mentor AS (
    SELECT m.mentor_id, m.criteria || jsonb_build_object(
        'id', m.mentor_id, 'association', m.association, 'capacity', m.capacity - m.taken) AS entry
    FROM mentors m CROSS JOIN wanted CROSS JOIN selection
    WHERE m.taken < m.capacity AND (m.association IS NULL OR m.association = selection.association)
      AND m.criteria->'offers' ?| wanted.needs AND m.criteria->'levels' ?| wanted.levels
), apart AS (
    SELECT mentee_id, jsonb_build_object('avoid', jsonb_agg(mentor_id ORDER BY mentor_id)) AS entry
    FROM kept_apart JOIN mentor USING (mentor_id) GROUP BY mentee_id
), capped AS (
    SELECT association, greatest(round_cap - (
        SELECT count(*) FROM pairs p JOIN mentors m USING (mentor_id)
        WHERE p.selection_id = $1 AND m.association = c.association)::int, 0) AS left_over
    FROM association_caps c JOIN selection USING (association) WHERE round_cap IS NOT NULL
)
SELECT jsonb_build_object(
    'mentees', (SELECT coalesce(jsonb_agg(mentee.entry || coalesce(apart.entry, '{}')
                                          ORDER BY request_id), '[]')
                FROM mentee LEFT JOIN apart USING (mentee_id)),
    'mentors', (SELECT coalesce(jsonb_agg(entry ORDER BY mentor_id), '[]') FROM mentor),
    'associations', (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', association, 'round_cap', left_over)), '[]') FROM capped),
    'past', (SELECT coalesce(jsonb_agg(jsonb_build_array(request_id, mentor_id)), '[]')
             FROM (SELECT DISTINCT mentee.request_id, p.mentor_id
                   FROM mentee JOIN pairs p USING (mentee_id)) met))::text
"""
_TAKE = """
WITH made AS (
    INSERT INTO pairs (request_id, mentee_id, mentor_id, selection_id, score, components, made_at)
    SELECT request_id, mentee_id, $2, $3, $4, $5, $6 FROM requests r WHERE request_id = $1
    AND NOT EXISTS (SELECT FROM kept_apart k WHERE k.mentee_id = r.mentee_id AND k.mentor_id = $2)
    ON CONFLICT (mentee_id, mentor_id) DO NOTHING
    RETURNING *
), paired AS (
    UPDATE requests SET state = 'paired' WHERE request_id IN (SELECT request_id FROM made)
), placed AS (
    UPDATE mentors SET taken = taken + 1 WHERE mentor_id IN (SELECT mentor_id FROM made)
)
SELECT made.pair_id, made.request_id, made.mentee_id, made.mentor_id,
       r.association, r.programme, made.score, made.components
FROM made JOIN requests r USING (request_id)
"""


@dataclass(frozen=True)
class Candidate:
    """A request that somebody wants in a selection."""

    request_id: UUID
    association: str
    programme: str
    state: str
    in_selection: bool


@dataclass(frozen=True)
class Selection:
    """An open selection; `shown` mentors at most for each pupil."""

    selection_id: UUID
    association: str
    programme: str
    shown: int
    expires_at: datetime


@dataclass(frozen=True)
class Pupil:
    """A pupil of a selection, by number; the mentor is the one chosen here, else None."""

    number: int
    request_id: UUID
    criteria: Mapping[str, Any]
    since: datetime
    state: str
    mentor_id: UUID | None
    components: Mapping[str, float] | None
    mentor_criteria: Mapping[str, Any] | None


class Selections:
    """Opens selections, reads them, takes places."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def candidates(self, request_ids: Sequence[UUID], now: datetime) -> Sequence[Candidate]:
        """Those requests that are known, held until the commit."""
        rows = await self._connection.fetch(_CANDIDATES, request_ids, now)
        return [Candidate(**row) for row in rows]

    async def open(
        self,
        selection: Selection,
        fingerprint: bytes,
        request_ids: Sequence[UUID],
        now: datetime,
    ) -> None:
        """A new selection of these requests, in this order."""
        own = (selection.selection_id, fingerprint, selection.association, selection.programme)
        await self._connection.execute(_OPEN, *own, selection.shown, now, selection.expires_at)
        await self._connection.executemany(
            "INSERT INTO selection_requests (selection_id, number, request_id) VALUES ($1, $2, $3)",
            [(selection.selection_id, *entry) for entry in enumerate(request_ids, start=1)],
        )

    async def behind(self, fingerprint: bytes, now: datetime) -> Selection | None:
        """The selection of a link; None for one that is unknown or expired."""
        row = await self._connection.fetchrow(_BEHIND, fingerprint, now)
        return Selection(**row) if row else None

    async def hold(self, selection_id: UUID) -> None:
        """One choice of a selection after the other, until the commit."""
        await self._connection.execute(
            "SELECT FROM selections WHERE selection_id = $1 FOR UPDATE", selection_id
        )

    async def pupils(self, selection_id: UUID) -> Sequence[Pupil]:
        """Everybody to choose for, by number."""
        return [Pupil(**row) for row in await self._connection.fetch(_PUPILS, selection_id)]

    async def group(self, selection_id: UUID) -> str:
        """Who still waits in it and who could be theirs, as a round's inputs (JSON)."""
        inputs: str = await self._connection.fetchval(_GROUP, selection_id)
        return inputs

    async def free(self, selection_id: UUID, request_id: UUID, mentor_id: UUID) -> bool:
        """Hold both until the commit: does the pupil wait, has the mentor a place?"""
        waits = await self._connection.fetchval(
            "SELECT true FROM requests WHERE request_id = $1 AND state = 'waiting' AND EXISTS"
            " (SELECT FROM selection_requests WHERE selection_id = $2 AND request_id = $1)"
            " FOR UPDATE",
            request_id,
            selection_id,
        )
        place = waits and await self._connection.fetchval(
            "SELECT true FROM mentors WHERE mentor_id = $1 AND taken < capacity FOR UPDATE",
            mentor_id,
        )
        return bool(place)

    async def take(
        self,
        selection_id: UUID,
        request_id: UUID,
        mentor_id: UUID,
        value: tuple[float, Mapping[str, float]],
        now: datetime,
    ) -> MadePair | None:
        """Make the pair that was chosen, with its score and components; None when these two
        have been put together meanwhile. Both are held by `free`."""
        score, components = value
        row = await self._connection.fetchrow(
            _TAKE, request_id, mentor_id, selection_id, score, components, now
        )
        return MadePair(**row) if row else None
