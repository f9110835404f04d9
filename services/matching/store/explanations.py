"""Why this mentor, or why none yet: the latest explanation of each request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection

_KEEP_PAIRED = """
INSERT INTO explanations (request_id, round_id, explanation, gist)
SELECT request_id, $1, explanation, NULL
FROM jsonb_to_recordset($2::text::jsonb) AS p (request_id uuid, explanation jsonb)
WHERE request_id = ANY($3) AND explanation IS NOT NULL ORDER BY request_id
ON CONFLICT (request_id) DO UPDATE SET
    round_id = excluded.round_id, explanation = excluded.explanation, gist = NULL
"""
_KEEP_WAITING = """
WITH given AS (
    SELECT p.* FROM jsonb_to_recordset($2::text::jsonb)
        AS p (request_id uuid, explanation jsonb, gist jsonb)
    JOIN requests r ON r.request_id = p.request_id AND r.state = 'waiting'
), known AS (
    SELECT request_id, gist FROM explanations WHERE request_id IN (SELECT request_id FROM given)
), kept AS (
    INSERT INTO explanations (request_id, round_id, explanation, gist)
    SELECT request_id, $1, explanation, gist FROM given ORDER BY request_id
    ON CONFLICT (request_id) DO UPDATE SET
        round_id = excluded.round_id, explanation = excluded.explanation, gist = excluded.gist
)
SELECT given.request_id, given.explanation -> 'blocking' AS blocking
FROM given LEFT JOIN known ON known.request_id = given.request_id
WHERE given.gist IS DISTINCT FROM known.gist ORDER BY given.request_id
"""
# Whoever knows more already keeps it: an explanation of when there were places says more.
_KEEP_NO_PLACE = """
INSERT INTO explanations (request_id, explanation, gist)
SELECT r.request_id, $1::jsonb || jsonb_build_object('mentee_id', r.request_id), $2
FROM requests r LEFT JOIN programmes own ON own.code = r.programme
WHERE r.state = 'waiting' AND coalesce(own.mode, 'automatic') <> 'selection'
  AND NOT EXISTS (SELECT FROM mentors WHERE taken < capacity)
  AND NOT EXISTS (SELECT FROM explanations known WHERE known.request_id = r.request_id)
ORDER BY r.request_id LIMIT $3
ON CONFLICT (request_id) DO NOTHING
RETURNING request_id
"""


@dataclass(frozen=True)
class StillWaiting:
    """A request whose reason for waiting is new. `blocking` as in the explanation file."""

    request_id: UUID
    blocking: dict[str, Any]


class Explanations:
    """One for each request, as the last round that looked at it found."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep_paired(self, round_id: UUID, pairs: str, made: Sequence[UUID]) -> None:
        """The reasons of a batch's pairs, for those requests whose pair stands."""
        await self._connection.execute(_KEEP_PAIRED, round_id, pairs, made)

    async def keep_waiting(self, round_id: UUID, waiting: str) -> Sequence[StillWaiting]:
        """Store why a batch's requests wait; returns those whose explanation key is new."""
        rows = await self._connection.fetch(_KEEP_WAITING, round_id, waiting)
        return [StillWaiting(**row) for row in rows]

    async def keep_no_place(
        self, explanation: Mapping[str, Any], key: Mapping[str, Any], most: int
    ) -> Sequence[UUID]:
        """While no mentor has a place: up to `most` requests that nothing explained yet."""
        rows = await self._connection.fetch(_KEEP_NO_PLACE, explanation, key, most)
        return [row["request_id"] for row in rows]

    async def forget(self, request_id: UUID) -> None:
        """The request is closed: nothing of it is left to explain."""
        await self._connection.execute("DELETE FROM explanations WHERE request_id = $1", request_id)
