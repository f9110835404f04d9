"""Asking for rounds: when one is due, and the picture of its pool that it is held on.

A pool is due when something in it changed that its last published round has not seen, and the
cadence has passed. Every replica may ask; the index `rounds_open_once` lets one row win.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.matching.domain.people import FRENCH, Mentee, Mentor, last_day_of
from services.matching.domain.policy import policy_from
from services.matching.domain.round import RoundInput
from shared.runtime.database import Connection

PARIS = ZoneInfo("Europe/Paris")

_DUE = """
SELECT pool.programme FROM pools pool
LEFT JOIN LATERAL (
    SELECT requested_at FROM rounds WHERE programme = pool.programme
    ORDER BY requested_at DESC LIMIT 1) latest ON true
LEFT JOIN LATERAL (
    SELECT seen FROM rounds WHERE programme = pool.programme AND state = 'published'
    ORDER BY requested_at DESC LIMIT 1) known ON true
WHERE NOT EXISTS (SELECT FROM rounds
                  WHERE programme = pool.programme AND state IN ('queued', 'running'))
  AND NOT EXISTS (SELECT FROM rounds WHERE programme = pool.programme AND state = 'failed'
                  AND finished_at > now() - $2::interval)
  AND (latest.requested_at IS NULL OR latest.requested_at <= $1)
  AND EXISTS (SELECT FROM requests WHERE programme = pool.programme AND state = 'waiting')
  AND EXISTS (SELECT FROM mentors WHERE taken < capacity)
  AND (known.seen IS NULL
       -- Restored into a new cluster, where transactions are counted from the beginning again.
       OR pg_snapshot_xmax(known.seen) > pg_snapshot_xmax(pg_current_snapshot())
       OR EXISTS (SELECT FROM requests WHERE programme = pool.programme AND state = 'waiting'
                  AND changed_in >= pg_snapshot_xmin(known.seen)
                  AND NOT pg_visible_in_snapshot(changed_in, known.seen))
       OR EXISTS (SELECT FROM mentors WHERE taken < capacity
                  AND changed_in >= pg_snapshot_xmin(known.seen)
                  AND NOT pg_visible_in_snapshot(changed_in, known.seen)))
ORDER BY latest.requested_at NULLS FIRST LIMIT 1
"""

# One statement is one snapshot: `inputs` holds exactly what `seen` says was seen.
_REQUEST = """
WITH mentee AS (
    SELECT request_id, mentee_id, criteria || jsonb_build_object(
        'id', request_id, 'since', since, 'association', association) AS entry
    FROM requests WHERE programme = $2 AND state = 'waiting'
), mentor AS (
    SELECT mentor_id, criteria || jsonb_build_object(
        'id', mentor_id, 'association', association, 'capacity', capacity - taken) AS entry
    FROM mentors WHERE taken < capacity
), past AS (
    SELECT DISTINCT mentee.request_id, mentor_id FROM mentee JOIN pairs USING (mentee_id)
)
INSERT INTO rounds
    (round_id, programme, requested_at, held_on, policy, seen, inputs, waiting, mentors)
SELECT $1, $2, $3, $4, $5, pg_current_snapshot(), jsonb_build_object(
        'mentees', (SELECT coalesce(jsonb_agg(entry ORDER BY request_id), '[]') FROM mentee),
        'mentors', (SELECT coalesce(jsonb_agg(entry ORDER BY mentor_id), '[]') FROM mentor),
        'past', (SELECT coalesce(jsonb_agg(jsonb_build_array(request_id, mentor_id)
                                           ORDER BY request_id, mentor_id), '[]') FROM past)),
    (SELECT count(*) FROM mentee), (SELECT count(*) FROM mentor)
ON CONFLICT (programme) WHERE state IN ('queued', 'running') DO NOTHING
RETURNING true
"""


class Asking:
    """Asks for the round that is due."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def due_pool(
        self, now: datetime, cadence: timedelta, pause_after_failure: timedelta
    ) -> str | None:
        """The programme that has waited longest for a round that is due, if there is one.

        `cadence` is business time; the pause is real time: what failed would fail again at once.
        """
        programme: str | None = await self._connection.fetchval(
            _DUE, now - cadence, pause_after_failure
        )
        return programme

    async def request(
        self, round_id: UUID, programme: str, policy: Mapping[str, Any], now: datetime
    ) -> bool:
        """Put a round into the queue with its pool as it is; false when another was faster."""
        held_on = now.astimezone(PARIS).date()
        asked = await self._connection.fetchval(
            _REQUEST, *(round_id, programme, now, held_on, policy)
        )
        return bool(asked)


def round_input(inputs: str, policy: Mapping[str, Any], held_on: date) -> RoundInput:
    """A stored round as the engine takes it. The id of a mentee in it is that of the request."""
    pool = json.loads(inputs)
    return RoundInput(
        mentees=tuple(map(_mentee, pool["mentees"])),
        mentors=tuple(map(_mentor, pool["mentors"])),
        past=frozenset((mentee, mentor) for mentee, mentor in pool["past"]),
        policy=policy_from(policy),
        at=held_on,
    )


def _mentee(entry: Mapping[str, Any]) -> Mentee:
    since = datetime.fromisoformat(entry["since"]).astimezone(PARIS).date()
    born = entry.get("birth_year")
    return Mentee(
        **_shared(entry),
        needs=frozenset(entry["needs"]),
        level=entry["level"],
        since=since,
        born=last_day_of(born) if born else None,
        publics=frozenset(entry.get("publics", ())),
    )


def _mentor(entry: Mapping[str, Any]) -> Mentor:
    return Mentor(
        **_shared(entry),
        offers=frozenset(entry["offers"]),
        levels=frozenset(entry["levels"]),
        capacity=entry["capacity"],
        cleared=entry.get("cleared", False),
    )


def _shared(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "slots": frozenset(entry["slots"]),
        "department": entry["department"],
        "commune": entry.get("commune"),
        "languages": frozenset(entry.get("languages", FRENCH)),
        "sectors": frozenset(entry.get("sectors", ())),
        "remote": entry.get("remote", True),
        "association": entry["association"],
    }
