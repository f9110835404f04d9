"""Mentors' clearances for minors: until when, said by whom, and claims that wait for a decision."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registration.domain.clearance import Standing
from shared.contracts.criteria import MentorCriteria
from shared.persistence.batch import Connection, lock_in_batch
from shared.persistence.database import Record

_MENTORS = """
SELECT m.id, m.criteria, m.association, m.cleared_until, m.clearance_said_by AS said_by
FROM mentors m JOIN persons p USING (id)
WHERE p.erased_at IS NULL AND p.same_as IS NULL
"""
_IN_CHARGE = "CASE WHEN m.association = ANY ($4) THEN m.association ELSE $1 END = $2"
"""$1: the network's head, in charge where nobody else is. $4: the associations in the file."""
_MEANT = "m.id = coalesce((SELECT same_as FROM persons WHERE id = $1), $1)"
_FIELDS = "id, mentor_id, cleared_until, said_by, said_at, association, due_on, newcomer_id"


@dataclass(frozen=True)
class ClearedMentor:
    """A mentor as the association in charge sees them before their identity is opened."""

    id: UUID
    criteria: MentorCriteria
    association: str | None
    standing: Standing


@dataclass(frozen=True)
class Claim:
    """Somebody's yes that does not count by itself; `association` decides by `due_on`.

    `newcomer_id`: it was said of a newcomer who may be this mentor.
    """

    id: UUID
    mentor_id: UUID
    cleared_until: date
    said_by: str
    said_at: datetime
    association: str
    due_on: date
    newcomer_id: UUID | None = None


class Clearances:
    """Every read and change of a clearance."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get_for_update(self, mentor_id: UUID) -> ClearedMentor | None:
        """A mentor, kept from others until the transaction ends; None: erased, or no mentor.

        Whoever was found to be somebody known stands for that one.
        """
        meant = await self._connection.fetchval(
            "SELECT coalesce(same_as, id) FROM persons WHERE id = $1", mentor_id
        )
        await lock_in_batch(self._connection, [("mentor", meant)])
        row = await self._connection.fetchrow(f"{_MENTORS} AND {_MEANT} FOR UPDATE OF m", mentor_id)
        return _mentor(row) if row else None

    async def set(self, mentor_id: UUID, until: date | None, said_by: str) -> None:
        """Until when a mentor is cleared (None: not at all), by whose word."""
        await self._connection.execute(
            "UPDATE mentors SET cleared_until = $2, clearance_said_by = $3, criteria = criteria ||"
            " jsonb_build_object('cleared', $2::date IS NOT NULL, 'cleared_until', $2::date)"
            " WHERE id = $1",
            mentor_id,
            until,
            said_by,
        )

    async def to_clear(
        self, association: str, head: str, known: Collection[str], today: date
    ) -> list[ClearedMentor]:
        """The mentors in this association's charge who are not cleared today."""
        rows = await self._connection.fetch(
            f"{_MENTORS} AND {_IN_CHARGE} AND (m.cleared_until IS NULL OR m.cleared_until < $3)"
            " ORDER BY p.registered_at, m.id LIMIT 200",
            head,
            association,
            today,
            list(known),
        )
        return [_mentor(row) for row in rows]

    async def list_cleared(
        self, association: str, head: str, known: Collection[str], today: date
    ) -> list[ClearedMentor]:
        """The mentors in this association's charge cleared today, whoever ends first in front."""
        rows = await self._connection.fetch(
            f"{_MENTORS} AND {_IN_CHARGE} AND m.cleared_until >= $3"
            " ORDER BY m.cleared_until, m.id LIMIT 200",
            head,
            association,
            today,
            list(known),
        )
        return [_mentor(row) for row in rows]

    async def add_claim(self, claim: Claim) -> bool:
        """Keep a claim; false where the same one of the same sender waits already."""
        added = await self._connection.fetchval(
            f"INSERT INTO clearance_claims ({_FIELDS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT (mentor_id, said_by, coalesce(newcomer_id, mentor_id))"
            " WHERE settled_at IS NULL"
            " DO UPDATE SET cleared_until = excluded.cleared_until RETURNING id = $1",
            claim.id,
            claim.mentor_id,
            claim.cleared_until,
            claim.said_by,
            claim.said_at,
            claim.association,
            claim.due_on,
            claim.newcomer_id,
        )
        return bool(added)

    async def claims_for(self, association: str) -> list[Claim]:
        """What this association has to decide, the nearest deadline first."""
        rows = await self._connection.fetch(
            f"SELECT {_FIELDS} FROM clearance_claims"
            " WHERE association = $1 AND settled_at IS NULL AND NOT EXISTS (SELECT FROM persons p"
            " WHERE p.id = mentor_id AND (p.same_as IS NOT NULL OR p.erased_at IS NOT NULL))"
            " ORDER BY due_on, said_at, id LIMIT 200",
            association,
        )
        return [Claim(**row) for row in rows]

    async def claims_about(self, mentor_id: UUID) -> list[Claim]:
        """The open claims about a mentor, the oldest first."""
        rows = await self._connection.fetch(
            f"SELECT {_FIELDS} FROM clearance_claims"
            " WHERE mentor_id = $1 AND settled_at IS NULL ORDER BY said_at, id",
            mentor_id,
        )
        return [Claim(**row) for row in rows]

    async def open_claim(self, claim_id: UUID) -> Claim | None:
        """An open claim, kept from others until the transaction ends."""
        row = await self._connection.fetchrow(
            f"SELECT {_FIELDS} FROM clearance_claims"
            " WHERE id = $1 AND settled_at IS NULL FOR UPDATE",
            claim_id,
        )
        return Claim(**row) if row else None

    async def hand_on(self, claim_id: UUID, association: str, due_on: date) -> None:
        """Nobody decided in time: another owner, another deadline."""
        await self._connection.execute(
            "UPDATE clearance_claims SET association = $2, due_on = $3 WHERE id = $1",
            claim_id,
            association,
            due_on,
        )

    async def settle_claims(self, mentor_id: UUID, by: str, now: datetime) -> None:
        """The association in charge has decided, whatever was claimed."""
        await self._connection.execute(
            "UPDATE clearance_claims SET settled_at = $2, settled_by = $3"
            " WHERE mentor_id = $1 AND settled_at IS NULL",
            mentor_id,
            now,
            by,
        )

    async def drop_claims(self, newcomer_id: UUID, mentor_id: UUID, now: datetime) -> None:
        """What was said of a newcomer is no claim about this mentor any more."""
        await self._connection.execute(
            "UPDATE clearance_claims SET settled_at = $3, settled_by = 'service'"
            " WHERE newcomer_id = $1 AND mentor_id = $2 AND settled_at IS NULL",
            newcomer_id,
            mentor_id,
            now,
        )


def _mentor(row: Record) -> ClearedMentor:
    return ClearedMentor(
        id=row["id"],
        criteria=MentorCriteria.model_validate(row["criteria"]),
        association=row["association"],
        standing=Standing(row["cleared_until"], row["said_by"]),
    )
