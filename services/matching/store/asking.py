"""Asking for rounds: when one is due, and the picture of its pool that it is held on.

A pool is due when something in it changed that its last published round has not seen, and its
cadence allows. Who comes to a large pool that is matched on arrival is answered first on the
prices of that round (`store/arrivals.py`), and calls for another only where that gives nothing, or
after a minute. Every replica may ask; the index `rounds_open_once` lets one row win.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.matching.domain.policy import DEFAULT_POLICY, policy_data
from shared.contracts.types import PARIS
from shared.persistence.batch import Connection

# A round that was cut short (a cap, a place lost) leaves `seen` empty: its pool is looked at again
# without anything new, so even on arrival not before the time between two rounds has passed.
_DUE = """
SELECT pool.programme, policy.content AS policy FROM pools pool
LEFT JOIN kept_prices kept ON kept.programme = pool.programme AND kept.people >= $5
LEFT JOIN programmes own ON own.code = pool.programme
LEFT JOIN policies policy ON policy.sha256 = own.policy_sha256
LEFT JOIN LATERAL (
    SELECT requested_at FROM rounds WHERE programme = pool.programme
    ORDER BY requested_at DESC LIMIT 1) latest ON true
LEFT JOIN LATERAL (
    SELECT round_id, seen, held_on FROM rounds
    WHERE programme = pool.programme AND state = 'published'
    ORDER BY requested_at DESC, finished_at DESC LIMIT 1) known ON true
WHERE coalesce(own.mode, 'automatic') <> 'selection'
  AND NOT EXISTS (SELECT FROM rounds
                  WHERE programme = pool.programme AND state IN ('queued', 'running'))
  AND NOT EXISTS (SELECT FROM rounds WHERE programme = pool.programme AND state = 'failed'
                  AND finished_at > now() - $4::interval)
  AND CASE coalesce(own.cadence, 'setting')
      WHEN 'arrival' THEN known.seen IS NOT NULL OR latest.requested_at IS NULL
                          OR latest.requested_at <= $1::timestamptz - $3::interval
      WHEN 'minute' THEN latest.requested_at IS NULL
                         OR latest.requested_at <= $1::timestamptz - interval '1 minute'
      WHEN 'day' THEN known.held_on IS NULL OR known.held_on < $2::date
      ELSE latest.requested_at IS NULL OR latest.requested_at <= $1::timestamptz - $3::interval END
  AND EXISTS (SELECT FROM requests WHERE programme = pool.programme AND state = 'waiting')
  AND EXISTS (SELECT FROM mentors WHERE taken < capacity)
  AND (known.seen IS NULL
       -- Restored into a new cluster, where transactions are counted from the beginning again.
       OR pg_snapshot_xmax(known.seen) > pg_snapshot_xmax(pg_current_snapshot())
       OR EXISTS (SELECT FROM requests r WHERE programme = pool.programme AND state = 'waiting'
                  AND changed_in >= pg_snapshot_xmin(known.seen)
                  AND NOT pg_visible_in_snapshot(changed_in, known.seen)
                  AND (kept.round_id IS NULL OR heard_at <= now() - interval '1 minute'
                       OR EXISTS (SELECT FROM arrivals a WHERE a.request_id = r.request_id
                                  AND a.round_id = kept.round_id AND a.pair_id IS NULL)))
       -- Those who were answered on its prices: what they left is looked at again in its time.
       OR (latest.requested_at <= $1::timestamptz - $3::interval
           AND EXISTS (SELECT FROM arrivals a
                       WHERE a.round_id = known.round_id AND a.pair_id IS NOT NULL))
       OR EXISTS (SELECT FROM mentors WHERE taken < capacity
                  AND changed_in >= pg_snapshot_xmin(known.seen)
                  AND NOT pg_visible_in_snapshot(changed_in, known.seen))
       OR EXISTS (SELECT FROM association_caps
                  WHERE NOT pg_visible_in_snapshot(changed_in, known.seen))
       OR NOT pg_visible_in_snapshot(own.changed_in, known.seen))
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
), apart AS (
    SELECT mentee_id, jsonb_build_object('avoid', jsonb_agg(mentor_id ORDER BY mentor_id)) AS entry
    FROM kept_apart JOIN mentor USING (mentor_id) GROUP BY mentee_id
), capped AS (
    SELECT association, jsonb_build_object('id', association, 'round_cap', round_cap) AS entry
    FROM association_caps WHERE round_cap IS NOT NULL
)
INSERT INTO rounds
    (round_id, programme, requested_at, held_on, policy, seen, snapshot, inputs, waiting, mentors)
SELECT $1, $2, $3, $4, $5, pg_current_snapshot(), pg_current_snapshot(), jsonb_build_object(
        'mentees', (SELECT coalesce(jsonb_agg(mentee.entry || coalesce(apart.entry, '{}')
                                              ORDER BY request_id), '[]')
                    FROM mentee LEFT JOIN apart USING (mentee_id)),
        'mentors', (SELECT coalesce(jsonb_agg(entry ORDER BY mentor_id), '[]') FROM mentor),
        'associations',
            (SELECT coalesce(jsonb_agg(entry ORDER BY association), '[]') FROM capped),
        'past', (SELECT coalesce(jsonb_agg(jsonb_build_array(request_id, mentor_id)
                                           ORDER BY request_id, mentor_id), '[]') FROM past)),
    (SELECT count(*) FROM mentee), (SELECT count(*) FROM mentor)
ON CONFLICT (programme) WHERE state IN ('queued', 'running') DO NOTHING
RETURNING true
"""


@dataclass(frozen=True)
class DuePool:
    """A pool whose round is due, and the policy it is to be held under."""

    programme: str
    policy: Mapping[str, Any]


class Asking:
    """Asks for the round that is due."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def due_pool(
        self,
        now: datetime,
        cadence: timedelta,
        pause_after_failure: timedelta,
        arrivals_from: int,
    ) -> DuePool | None:
        """The pool that has waited longest for a round that is due, if there is one.

        `cadence` is business time, for programmes without their own; the pause is real time: what
        failed would fail again at once. `arrivals_from`: people of a pool that is large.
        """
        today = now.astimezone(PARIS).date()
        row = await self._connection.fetchrow(
            _DUE, now, today, cadence, pause_after_failure, arrivals_from
        )
        if row is None:
            return None
        return DuePool(row["programme"], row["policy"] or policy_data(DEFAULT_POLICY))

    async def request(self, round_id: UUID, due: DuePool, now: datetime) -> bool:
        """Put a round into the queue with its pool as it is; false when another was faster."""
        held_on = now.astimezone(PARIS).date()
        # Whoever is being answered just now is in the picture afterwards, or paired.
        await self._connection.execute(
            "SELECT FROM pools WHERE programme = $1 FOR NO KEY UPDATE", due.programme
        )
        asked = await self._connection.fetchval(
            _REQUEST, round_id, due.programme, now, held_on, due.policy
        )
        return bool(asked)
