"""Rounds as jobs: claimed by one replica at a time, taken over when the claimant is gone.

Leases are real time (PostgreSQL's clock), whatever the business clock does. A round is queued,
solved, accepted (its findings are kept, its batches stored), published batch by batch, and
published once no batch is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.matching.store.publication_batches import PublicationBatch
from shared.persistence.batch import Connection

OPEN_ROUNDS = "SELECT count(*) FROM rounds WHERE state IN ('queued', 'running')"

_CLAIM = """
UPDATE rounds SET state = 'running', claim = $1, lease_until = now() + $2::interval,
                  attempts = attempts + 1
WHERE round_id = (
    SELECT round_id FROM rounds
    WHERE state = 'queued' OR (state = 'running' AND lease_until < now())
    ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING round_id, claim, held_on, policy, attempts, waiting, accepted_at IS NOT NULL AS accepted,
    CASE WHEN accepted_at IS NULL THEN inputs::text ELSE '{}' END AS inputs,
    CASE WHEN accepted_at IS NULL THEN (
        SELECT last.certificate::text FROM rounds last
        WHERE last.programme = rounds.programme AND last.state = 'published'
          AND last.certificate IS NOT NULL
        ORDER BY last.requested_at DESC, last.finished_at DESC LIMIT 1) END AS last_proof
"""
_ACCEPT = """
UPDATE rounds SET accepted_at = now(), result = $2::text::jsonb,
    certificate = $3::text::jsonb, violations = $4::text::jsonb, score = $5, gap = $6,
    seconds = $7, faulty = $8::text::jsonb, pairs = 0, dropped = 0,
    seen = CASE WHEN $9 THEN NULL ELSE seen END
WHERE claim = $1 AND accepted_at IS NULL RETURNING true
"""
_PREPARE = """
UPDATE rounds SET lease_until = now() + $2::interval
WHERE claim = $1 AND accepted_at IS NULL RETURNING true
"""
_REJECT = """
UPDATE rounds SET state = 'failed', claim = NULL, lease_until = NULL, finished_at = now(),
    reason = 'unproved', result = $2::text::jsonb, certificate = $3::text::jsonb,
    violations = $4::text::jsonb, score = $5, gap = $6, seconds = $7, faulty = $8::text::jsonb,
    pairs = 0, dropped = 0
WHERE claim = $1
"""
# A pair that fell out meanwhile is a reason to solve its pool again.
_PUBLISH = """
UPDATE rounds SET state = 'published', claim = NULL, lease_until = NULL, finished_at = now(),
    seen = CASE WHEN dropped > 0 THEN NULL ELSE seen END
WHERE claim = $1
RETURNING pairs, dropped, jsonb_array_length(faulty) AS held_back, gap, seconds
"""


@dataclass(frozen=True)
class ClaimedRound:
    """A claimed round. `inputs` is JSON; `claim` tells this claim from an earlier or later one.

    `accepted`: solved and checked before, only to be published on; its inputs are not needed then.
    `last_proof`: the certificate of the last round of its pool that was published, JSON.
    """

    round_id: UUID
    claim: UUID
    held_on: date
    inputs: str
    policy: Mapping[str, Any]
    attempts: int
    waiting: int
    accepted: bool = False
    last_proof: str | None = None


@dataclass(frozen=True)
class Findings:
    """What holding a round gave. Texts are JSON, ready to be kept as evidence: the pairs proposed,
    the faulty ones held back, the proof, and what breaks which rule.

    `sound`: what is proposed may be published. `capped`: an association's cap left pairs for the
    next round. `batches`: what is to be published, in order. `seconds` of real time.
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
    capped: bool = False
    batches: tuple[PublicationBatch, ...] = ()


@dataclass(frozen=True)
class PublishedRound:
    """The figures of a round that was published to the end; `seconds` of solving."""

    pairs: int
    dropped: int
    held_back: int
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

    async def prepare(self, claimed: ClaimedRound, lease: timedelta) -> bool:
        """As `renew`, for a round that is not accepted yet; false when it is."""
        return bool(await self._connection.fetchval(_PREPARE, claimed.claim, lease))

    async def renew(self, claimed: ClaimedRound, lease: timedelta) -> bool:
        """Still at it, and the round is locked until the commit; false when it was taken over."""
        renewed = await self._connection.fetchval(
            "UPDATE rounds SET lease_until = now() + $2::interval WHERE claim = $1 RETURNING true",
            claimed.claim,
            lease,
        )
        return bool(renewed)

    async def put_back(self, claimed: ClaimedRound, blame: int) -> None:
        """Let another take the round up at once; `blame` is 1 when it may be its own fault."""
        await self._connection.execute(
            "UPDATE rounds SET state = 'queued', claim = NULL, lease_until = NULL,"
            " attempts = attempts - 1 + $2::int WHERE claim = $1",
            claimed.claim,
            blame,
        )

    async def accept(self, claimed: ClaimedRound, outcome: Findings) -> bool:
        """Keep what was found, from now on to be published; false when the round is no longer
        ours."""
        accepted = await self._connection.fetchval(
            _ACCEPT, claimed.claim, *_evidence(outcome), outcome.capped
        )
        return bool(accepted)

    async def count(self, round_id: UUID, pairs: int, dropped: int) -> None:
        """Another batch was published: so many pairs stand, so many fell out meanwhile."""
        await self._connection.execute(
            "UPDATE rounds SET pairs = pairs + $2, dropped = dropped + $3 WHERE round_id = $1",
            round_id,
            pairs,
            dropped,
        )

    async def publish(self, claimed: ClaimedRound) -> PublishedRound:
        """The round is published to the end. Raises LookupError when it is no longer ours."""
        row = await self._connection.fetchrow(_PUBLISH, claimed.claim)
        if row is None:
            raise LookupError(str(claimed.round_id))
        return PublishedRound(**row)

    async def reject(self, claimed: ClaimedRound, outcome: Findings) -> None:
        """The round gives nothing; what it found is kept as evidence."""
        await self._connection.execute(_REJECT, claimed.claim, *_evidence(outcome))

    async def fail(self, claimed: ClaimedRound, reason: str) -> None:
        """The round could not be held, or not published to the end: what was published stands."""
        await self._connection.execute(
            "UPDATE rounds SET state = 'failed', reason = $2, claim = NULL, lease_until = NULL,"
            " finished_at = now() WHERE claim = $1",
            claimed.claim,
            reason,
        )


def _evidence(outcome: Findings) -> tuple[Any, ...]:
    texts = (outcome.proposed, outcome.certificate, outcome.violations)
    return (*texts, outcome.score, outcome.gap, outcome.seconds, outcome.faulty)
