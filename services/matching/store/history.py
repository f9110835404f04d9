"""What pools and rounds look like from outside: figures only, nobody's data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.runtime.database import Connection

_NOW = """
SELECT (SELECT count(*) FROM requests WHERE state = 'waiting') AS waiting,
       (SELECT coalesce(sum(capacity - taken), 0) FROM mentors WHERE taken < capacity) AS places,
       (SELECT count(*) FROM pairs WHERE made_at IS NOT NULL) AS pairs,
       (SELECT coalesce(max(gap), 0) FROM rounds WHERE state = 'published') AS worst_gap
"""
_LATEST = """
SELECT programme, state, requested_at, waiting, mentors, pairs, held_back, dropped, score, gap,
       solve_seconds AS seconds
FROM rounds ORDER BY requested_at DESC, round_id LIMIT $1
"""


@dataclass(frozen=True)
class PoolState:
    """All pools together, now. `worst_gap` is over every published round."""

    waiting: int
    places: int
    pairs: int
    worst_gap: float


@dataclass(frozen=True)
class RoundLine:
    """A round in one line; figures are None until it has ended."""

    programme: str
    state: str
    requested_at: datetime
    waiting: int
    mentors: int
    pairs: int | None
    held_back: int | None
    dropped: int | None
    score: float | None
    gap: float | None
    seconds: float | None


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
