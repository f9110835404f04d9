"""What the gate `safety` judges of pairs that are made, proposed or stand, as the store has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.matching.domain.safety import Safety
from services.matching.store.snapshot import birth_date_of, clearance_of
from shared.persistence.batch import Connection
from shared.persistence.database import Record

_JUDGED = """
r.request_id, r.programme, r.criteria AS asked, m.criteria AS offered, m.held
"""
_STANDING = f"""
SELECT pairs.pair_id, {_JUDGED}, pairs.paused_at, pairs.introduced_at IS NOT NULL AS introduced,
       coalesce(p.state = 'open', false) AS proposed
FROM pairs JOIN requests r USING (request_id) JOIN mentors m ON m.mentor_id = pairs.mentor_id
LEFT JOIN propositions p USING (pair_id)
WHERE pairs.ended_at IS NULL
"""
_PROPOSED = f"""
SELECT NULL::uuid AS pair_id, {_JUDGED}, NULL::timestamptz AS paused_at, false AS introduced,
       true AS proposed
FROM jsonb_to_recordset($1::text::jsonb) AS p (request_id uuid, mentor_id uuid)
JOIN requests r ON r.request_id = p.request_id JOIN mentors m ON m.mentor_id = p.mentor_id
"""


@dataclass(frozen=True)
class JudgedPair:
    """A pair and what decides about its safety. `proposed`: both may still be asked; `pair_id`
    None: it is not made yet."""

    pair_id: UUID | None
    request_id: UUID
    programme: str
    safety: Safety
    proposed: bool
    held: bool
    """The mentor waits: nobody meets them before that is settled."""
    introduced: bool
    paused_at: datetime | None


class JudgedPairs:
    """Reads pairs for the gate, and keeps which are paused."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of_mentor(self, mentor_id: UUID) -> Sequence[JudgedPair]:
        """The pairs of a mentor that are not over, in the order of their ids."""
        query = f"{_STANDING} AND pairs.mentor_id = $1 ORDER BY pair_id"
        return [_read(row) for row in await self._connection.fetch(query, mentor_id)]

    async def standing(self, pair_id: UUID) -> JudgedPair | None:
        """One pair; None when it is over."""
        row = await self._connection.fetchrow(f"{_STANDING} AND pairs.pair_id = $1", pair_id)
        return _read(row) if row else None

    async def of_proposed(self, proposed: str) -> Sequence[JudgedPair]:
        """Pairs that are about to be made: a JSON list of {request_id, mentor_id, …}."""
        return [_read(row) for row in await self._connection.fetch(_PROPOSED, proposed)]

    async def set_paused(self, pair_id: UUID, paused_at: datetime | None) -> None:
        """None: not paused any more."""
        await self._connection.execute(
            "UPDATE pairs SET paused_at = $2 WHERE pair_id = $1", pair_id, paused_at
        )


def _read(row: Record) -> JudgedPair:
    asked, offered = row["asked"], row["offered"]
    safety = Safety(birth_date_of(asked), birth_date_of(offered), clearance_of(offered))
    named = {name: value for name, value in row.items() if name not in ("asked", "offered")}
    return JudgedPair(**named, safety=safety)
