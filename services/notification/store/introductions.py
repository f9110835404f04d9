"""Introductions: pairs whose two messages are on their way."""

from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notification.domain.catalogue import INTRODUCTIONS
from services.notification.store.stops import lock_subjects
from shared.contracts.events import PairConfirmed
from shared.persistence.batch import Connection

_EXPECT = """
INSERT INTO introductions (pair_id, request_id, mentee_id, mentor_id, association, programme)
SELECT $1::uuid, $2::uuid, $3, $4, $5, $6
WHERE NOT EXISTS (SELECT FROM withdrawn_requests WHERE request_id = $2)
  AND NOT EXISTS (SELECT FROM stopped_pairs WHERE pair_id = $1)
ON CONFLICT (pair_id) DO NOTHING RETURNING true
"""
_OPEN = """
SELECT pair_id, request_id, mentee_id, mentor_id, association, programme FROM introductions
WHERE pair_id = $1 AND introduced_at IS NULL AND closed_at IS NULL
  AND NOT EXISTS (SELECT FROM stopped_pairs WHERE pair_id = $1) FOR UPDATE
"""
_COMPLETE = """
UPDATE introductions SET introduced_at = $2 WHERE pair_id = $1 AND (
    SELECT count(*) FROM messages
    WHERE concerns = $1 AND template = ANY($3) AND state = 'delivered') = $4
RETURNING true
"""


@dataclass(frozen=True)
class Introduction:
    """A pair to be introduced: ids only."""

    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    association: str
    programme: str

    @classmethod
    def of(cls, pair: PairConfirmed) -> "Introduction":
        """The pair of an event."""
        return cls(**pair.model_dump())

    def ids(self) -> dict[str, Any]:
        """Who and where, as every event about a pair says it."""
        return asdict(self)

    def facts(self) -> dict[str, str]:
        """What the words of its messages depend on."""
        columns = ("request_id", "mentee_id", "mentor_id", "association")
        return {name: str(getattr(self, name)) for name in columns}


class Introductions:
    """Pairs to be introduced; each ends once: introduced, or closed as come to nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def expect(self, pair: Introduction) -> bool:
        """Remember a pair until it is introduced; false when it is known, or was stopped."""
        await lock_subjects(self._connection, pair.request_id, pair.pair_id)
        return bool(await self._connection.fetchval(_EXPECT, *astuple(pair)))

    async def get_open_for_update(self, pair_id: UUID) -> Introduction | None:
        """A pair that is neither introduced, closed nor stopped, locked until the commit."""
        row = await self._connection.fetchrow(_OPEN, pair_id)
        return Introduction(**row) if row else None

    async def complete(self, pair_id: UUID, now: datetime) -> bool:
        """Note that the pair is introduced, if both of its messages have left."""
        completed = await self._connection.fetchval(
            _COMPLETE, pair_id, now, list(INTRODUCTIONS), len(INTRODUCTIONS)
        )
        return bool(completed)

    async def close(self, pair_id: UUID, now: datetime) -> None:
        """It came to nothing."""
        await self._connection.execute(
            "UPDATE introductions SET closed_at = $2 WHERE pair_id = $1", pair_id, now
        )

    async def has_left(self, pair_id: UUID, side: str) -> bool:
        """Whether the introduction to one side has left, or may have."""
        return bool(
            await self._connection.fetchval(
                "SELECT true FROM messages WHERE concerns = $1 AND template = $2"
                " AND (state IN ('delivered', 'unknown') OR handed_at IS NOT NULL)",
                pair_id,
                f"pair_introduced_{side}",
            )
        )
