"""Rounds as jobs: claimed by one replica at a time, taken over when the claimant is gone.

Leases are real time (PostgreSQL's clock), whatever the business clock does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shared.runtime.database import Connection

OPEN_ROUNDS = "SELECT count(*) FROM rounds WHERE state IN ('queued', 'running')"

_CLAIM = """
UPDATE rounds SET state = 'running', claim = $1, lease_until = now() + $2::interval,
                  attempts = attempts + 1
WHERE round_id = (
    SELECT round_id FROM rounds
    WHERE state = 'queued' OR (state = 'running' AND lease_until < now())
    ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING round_id, claim, held_on, inputs::text, policy, attempts, waiting
"""
_FINISH = """
UPDATE rounds SET state = $2, claim = NULL, lease_until = NULL, finished_at = now(),
    reason = $3, result = $4::text::jsonb, certificate = $5::text::jsonb,
    violations = $6::text::jsonb, score = $7, gap = $8, seconds = $9,
    faulty = $10::text::jsonb, pairs = $11, dropped = $12,
    seen = CASE WHEN $12 > 0 THEN NULL ELSE seen END
WHERE round_id = $1
"""


@dataclass(frozen=True)
class ClaimedRound:
    """A round in hand. `inputs` is JSON; `claim` tells this claim from an earlier or later one."""

    round_id: UUID
    claim: UUID
    held_on: date
    inputs: str
    policy: Mapping[str, Any]
    attempts: int
    waiting: int


@dataclass(frozen=True)
class Findings:
    """What holding a round gave. Texts are JSON, ready to be kept as evidence: the pairs proposed,
    the faulty ones held back, the proof, and what breaks which rule.

    `sound`: what is proposed may be published. `seconds` of real time.
    """

    pairs: int
    proposed: str
    held_back: int
    faulty: str
    certificate: str
    violations: str
    sound: bool
    score: float
    gap: float
    seconds: float


class Rounds:
    """The queue of rounds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def claim(self, claim: UUID, lease: timedelta) -> ClaimedRound | None:
        """The oldest round that nobody has in hand, now ours for `lease` of real time."""
        row = await self._connection.fetchrow(_CLAIM, claim, lease)
        return ClaimedRound(**row) if row else None

    async def renew(self, claimed: ClaimedRound, lease: timedelta) -> bool:
        """Still at it; false when the round was taken over meanwhile."""
        renewed = await self._connection.fetchval(
            "UPDATE rounds SET lease_until = now() + $2::interval WHERE claim = $1 RETURNING true",
            *(claimed.claim, lease),
        )
        return bool(renewed)

    async def lock(self, claimed: ClaimedRound) -> bool:
        """Lock the round until the commit; false when it is no longer ours."""
        locked = await self._connection.fetchval(
            "SELECT true FROM rounds WHERE claim = $1 FOR UPDATE", claimed.claim
        )
        return bool(locked)

    async def put_back(self, claimed: ClaimedRound, blame: int) -> None:
        """Let another take the round up at once; `blame` is 1 when it may be its own fault."""
        await self._connection.execute(
            "UPDATE rounds SET state = 'queued', claim = NULL, lease_until = NULL,"
            " attempts = attempts - 1 + $2::int WHERE claim = $1",
            *(claimed.claim, blame),
        )

    async def publish(self, round_id: UUID, found: Findings, pairs: int, dropped: int) -> None:
        """The round is over; a pair that fell out meanwhile makes its pool worth another look."""
        await self._finish(round_id, "published", None, found, pairs, dropped)

    async def reject(self, round_id: UUID, found: Findings, reason: str) -> None:
        """The round is over and gives nothing; what it found is kept as evidence."""
        await self._finish(round_id, "failed", reason, found, 0, 0)

    async def fail(self, claimed: ClaimedRound, reason: str) -> None:
        """The round could not be held."""
        await self._connection.execute(
            "UPDATE rounds SET state = 'failed', reason = $2, claim = NULL, lease_until = NULL,"
            " finished_at = now() WHERE claim = $1",
            *(claimed.claim, reason),
        )

    async def _finish(
        self,
        round_id: UUID,
        state: str,
        reason: str | None,
        found: Findings,
        pairs: int,
        dropped: int,
    ) -> None:
        await self._connection.execute(
            _FINISH,
            *(round_id, state, reason, found.proposed, found.certificate, found.violations),
            *(found.score, found.gap, found.seconds, found.faulty, pairs, dropped),
        )
