"""Recruiting signals: worked out once for a round, when somebody looks, and kept with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.matching.domain.recruiting import Kind, Signal
from shared.persistence.batch import Connection

LEASE = timedelta(minutes=10)
"""Real time after which a signal that was begun and never kept may be begun again."""

# Only the newest round of a pool, and one at a time in all processes: this page is open.
_BEGIN = """
INSERT INTO round_signals (round_id, programme, held_at)
SELECT newest.round_id, pool.programme, newest.requested_at
FROM pools pool
CROSS JOIN LATERAL (
    SELECT round_id, requested_at FROM rounds
    WHERE programme = pool.programme AND state = 'published'
      AND certificate IS NOT NULL AND inputs IS NOT NULL
    ORDER BY requested_at DESC LIMIT 1) newest
WHERE NOT EXISTS (SELECT FROM round_signals begun WHERE begun.round_id = newest.round_id
                  AND (begun.kinds IS NOT NULL OR begun.asked_at > now() - $1::interval))
  AND NOT EXISTS (SELECT FROM round_signals begun
                  WHERE begun.kinds IS NULL AND begun.asked_at > now() - $1::interval)
ORDER BY newest.requested_at LIMIT 1
ON CONFLICT (round_id) DO UPDATE SET asked_at = now() WHERE round_signals.kinds IS NULL
RETURNING round_id
"""
_LATEST = """
SELECT kept.* FROM pools pool
CROSS JOIN LATERAL (
    SELECT round_id, programme, held_at, kinds FROM round_signals
    WHERE programme = pool.programme AND kinds IS NOT NULL
    ORDER BY held_at DESC LIMIT 1) kept
ORDER BY kept.held_at DESC
"""


_WORTH = ("pairs", "score", "waiting")


@dataclass(frozen=True)
class PoolSignal:
    """Whom a pool lacks most, as its round of `held_at` shows."""

    round_id: UUID
    programme: str
    held_at: datetime
    signals: Sequence[Signal]


class Signals:
    """Keeps the signal of a round; reads the latest of each pool."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self) -> UUID | None:
        """A newest round whose signal is still to be worked out, now ours for `LEASE`; None where
        there is none, or somebody is at work on one."""
        begun: UUID | None = await self._connection.fetchval(_BEGIN, LEASE)
        return begun

    async def keep(self, round_id: UUID, signals: Iterable[Signal]) -> None:
        """The signal of a round, for good."""
        kinds: list[dict[str, Any]] = [
            asdict(one.kind) | {name: getattr(one, name) for name in _WORTH} for one in signals
        ]
        await self._connection.execute(
            "UPDATE round_signals SET kinds = $2 WHERE round_id = $1", round_id, kinds
        )

    async def latest(self) -> Sequence[PoolSignal]:
        """The latest signal kept of each pool, the newest first."""
        rows = await self._connection.fetch(_LATEST)
        return [
            PoolSignal(row["round_id"], row["programme"], row["held_at"], _signals(row["kinds"]))
            for row in rows
        ]

    async def of_round(self, round_id: UUID) -> Sequence[Signal] | None:
        """The signal of a round; None where nobody has worked it out."""
        kinds = await self._connection.fetchval(
            "SELECT kinds FROM round_signals WHERE round_id = $1", round_id
        )
        return None if kinds is None else _signals(kinds)


def _signals(kinds: Iterable[Mapping[str, Any]]) -> list[Signal]:
    return [
        Signal(
            Kind(entry["need"], entry["level"], entry["territory"]),
            entry["pairs"],
            float(entry["score"]),
            entry["waiting"],
        )
        for entry in kinds
    ]
