"""Rounds as evidence: everything that was stored of one, to be shown, exported or held again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.matching.domain.round_input import RoundInput
from services.matching.store.snapshot import round_input
from shared.persistence.batch import Connection

_LATEST = """
SELECT round_id, programme, state, requested_at, held_on, waiting, mentors, pairs, score, gap
FROM rounds ORDER BY requested_at DESC, round_id LIMIT $1
"""
_BY_BEGINNING = """
SELECT round_id FROM rounds WHERE round_id::text LIKE $1 || '%' ORDER BY round_id LIMIT 2
"""
_STORED = """
SELECT round_id, programme, state, held_on, inputs::text, policy, result, faulty, certificate
FROM rounds WHERE round_id = $1
"""


class InputsGone(Exception):
    """What a round was held on is no longer kept."""


@dataclass(frozen=True)
class ListedRound:
    """A round in a list; figures are None until it has ended."""

    round_id: UUID
    programme: str
    state: str
    requested_at: datetime
    held_on: date
    waiting: int
    mentors: int
    pairs: int | None
    score: float | None
    gap: float | None


@dataclass(frozen=True)
class StoredRound:
    """What a round was held on and what it found.

    `inputs` is None once they have been let go. `result` holds {request_id, mentor_id, score,
    components} of each pair it proposed, `faulty` those that the verifier held back; `result` and
    `certificate` are None until the round has an answer.
    """

    round_id: UUID
    programme: str
    state: str
    held_on: date
    inputs: str | None
    policy: Mapping[str, Any]
    result: Sequence[Mapping[str, Any]] | None
    faulty: Sequence[Mapping[str, Any]]
    certificate: Mapping[str, Any] | None

    def to_input(self) -> RoundInput:
        """What the round was given, as the engine takes it. Raises InputsGone."""
        if self.inputs is None:
            raise InputsGone(str(self.round_id))
        return round_input(self.inputs, self.policy, self.held_on)


class RoundArchive:
    """Reads stored rounds, and changes nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def latest(self, number: int) -> Sequence[ListedRound]:
        """The last rounds of all pools, the newest first."""
        return [ListedRound(**row) for row in await self._connection.fetch(_LATEST, number)]

    async def beginning_with(self, prefix: str) -> Sequence[UUID]:
        """Up to two rounds whose id begins so (hexadecimal digits and dashes)."""
        rows = await self._connection.fetch(_BY_BEGINNING, prefix)
        return [row["round_id"] for row in rows]

    async def get(self, round_id: UUID) -> StoredRound | None:
        """All there is of a round."""
        row = await self._connection.fetchrow(_STORED, round_id)
        return StoredRound(**row) if row else None
