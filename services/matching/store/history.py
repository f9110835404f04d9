"""What pools and rounds look like from outside: figures only, nobody's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection

_NOW = """
SELECT (SELECT count(*) FROM requests WHERE state = 'waiting') AS waiting,
       (SELECT coalesce(sum(capacity - taken), 0) FROM mentors WHERE taken < capacity) AS places,
       (SELECT count(*) FROM pairs WHERE made_at IS NOT NULL
            AND (introduced_at IS NOT NULL OR end_reason IS NULL
                 OR end_reason NOT IN ('not_introduced', 'withdrawn')) AND NOT EXISTS
            (SELECT FROM propositions p WHERE p.pair_id = pairs.pair_id
             AND p.state NOT IN ('accepted', 'withdrawn'))) AS pairs,
       (SELECT coalesce(max(gap), 0) FROM rounds WHERE state = 'published') AS worst_gap
"""
_LATEST = """
SELECT round_id, programme, state, requested_at, waiting, mentors, pairs, dropped, score, gap,
       seconds, reason, jsonb_array_length(faulty) AS held_back
FROM rounds ORDER BY requested_at DESC, round_id LIMIT $1
"""

# Without prices: they name mentors, and weigh much.
_ONE = """
SELECT round_id, programme, state, requested_at, held_on, waiting, mentors, pairs, dropped, score,
       gap, seconds, reason, jsonb_array_length(faulty) AS held_back, policy,
       (SELECT count(*) FROM arrivals a
        WHERE a.round_id = rounds.round_id AND a.pair_id IS NOT NULL) AS answered,
       certificate - 'floors' #- '{most_pairs,prices}' #- '{score,prices}'
           #- '{without_floors,prices}' AS figures,
       (SELECT coalesce(jsonb_agg(floor - 'prices' ORDER BY place), '[]')
        FROM jsonb_array_elements(CASE jsonb_typeof(certificate->'floors')
            WHEN 'array' THEN certificate->'floors' END) WITH ORDINALITY AS f (floor, place))
           AS floors,
       (SELECT coalesce(jsonb_object_agg(rule, number), '{}')
        FROM (SELECT found->>'rule' AS rule, count(*) AS number
              FROM jsonb_array_elements(violations) found GROUP BY 1) counted) AS broken
FROM rounds WHERE round_id = $1
"""

# A pool waits after its last round of a day for as many as that round had and did not pair.
_DAYS = """
WITH ended AS (
    SELECT programme, held_on, requested_at, waiting - pairs AS left_waiting, pairs
    FROM rounds WHERE state = 'published'
), evening AS (
    SELECT DISTINCT ON (programme, held_on) programme, held_on, left_waiting
    FROM ended ORDER BY programme, held_on, requested_at DESC
)
SELECT held_on AS day, sum(left_waiting)::int AS waiting,
       (SELECT sum(pairs)::int FROM ended WHERE ended.held_on = evening.held_on) AS pairs
FROM evening GROUP BY held_on ORDER BY held_on DESC LIMIT $1
"""


@dataclass(frozen=True)
class PoolState:
    """All pools together, now; `pairs` without those that are only proposed or came to nothing.
    `worst_gap` is over every published round."""

    waiting: int
    places: int
    pairs: int
    worst_gap: float


@dataclass(frozen=True)
class RoundLine:
    """A round in one line; figures are None until it has ended."""

    round_id: UUID
    programme: str
    state: str
    requested_at: datetime
    waiting: int
    mentors: int
    pairs: int | None
    held_back: int
    dropped: int | None
    score: float | None
    gap: float | None
    seconds: float | None
    reason: str | None


@dataclass(frozen=True)
class RoundPage:
    """All that may be shown of a round. `figures` and `floors` are its certificate without the
    prices (None and empty until it has one); `broken` counts violations by the rule they break,
    `answered` those who came later and got a place that it left open.
    """

    round_id: UUID
    programme: str
    state: str
    requested_at: datetime
    held_on: date
    waiting: int
    mentors: int
    pairs: int | None
    dropped: int | None
    score: float | None
    gap: float | None
    seconds: float | None
    reason: str | None
    held_back: int
    policy: Mapping[str, Any]
    figures: Mapping[str, Any] | None
    floors: Sequence[Mapping[str, Any]]
    broken: Mapping[str, int]
    answered: int


@dataclass(frozen=True)
class Day:
    """A day with rounds, in Paris: who still waited after the last ones, pairs made by all."""

    day: date
    waiting: int
    pairs: int


class History:
    """Reads pools and rounds for pages and metrics."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def now(self) -> PoolState:
        """How many wait, and how many places are free."""
        (row,) = await self._connection.fetch(_NOW)
        return PoolState(**row)

    async def latest_rounds(self, number: int) -> Sequence[RoundLine]:
        """The last rounds of all pools, the newest first."""
        return [RoundLine(**row) for row in await self._connection.fetch(_LATEST, number)]

    async def one(self, round_id: UUID) -> RoundPage | None:
        """A round with the figures of its proof."""
        row = await self._connection.fetchrow(_ONE, round_id)
        return RoundPage(**row) if row else None

    async def latest_days(self, number: int) -> Sequence[Day]:
        """The last days on which rounds were held, the oldest first."""
        rows = await self._connection.fetch(_DAYS, number)
        return [Day(**row) for row in reversed(rows)]
