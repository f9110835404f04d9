"""Erasures: what was asked, what goes with a person, and the receipts of the services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.types import Side
from shared.persistence.batch import Connection

# Ids stay where others' rows point to them. Nothing leads from them to anybody.
_CLEAR = (
    "UPDATE mentors SET criteria = '{}', association = NULL, cleared_until = NULL,"
    " clearance_said_by = NULL, awaits_guardian = false WHERE id = $1",
    "DELETE FROM clearance_claims WHERE mentor_id = $1",
    "DELETE FROM guardian_checks WHERE subject = $1 OR subject IN"
    " (SELECT id FROM requests WHERE mentee_id = $1)",
    # A timer in hand is left alone: whoever has it may wait for what we hold.
    "DELETE FROM timers WHERE (kind, key) IN (SELECT kind, key FROM timers"
    " WHERE key = $1::uuid::text OR key IN (SELECT id::text FROM requests"
    " WHERE mentee_id = $1) FOR UPDATE SKIP LOCKED)",
    "UPDATE requests SET criteria = '{}', age = 0, minority = NULL,"
    " guardian_contact = false WHERE mentee_id = $1",
    "DELETE FROM marks WHERE person_id = $1",
    "DELETE FROM dead_ways WHERE person_id = $1",
    "DELETE FROM unreachable_people WHERE person_id = $1",
    "DELETE FROM stated_references WHERE person_id = $1",
    "UPDATE contact_changes SET sealed = NULL WHERE person_id = $1",
    "DELETE FROM proved_addresses WHERE person_id = $1",
    "DELETE FROM sensitive_publics WHERE request_id IN"
    " (SELECT id FROM requests WHERE mentee_id = $1)",
    "DELETE FROM explanations WHERE request_id IN (SELECT id FROM requests WHERE mentee_id = $1)",
    "UPDATE routings SET reasons = '{}', declined_for = NULL WHERE request_id IN"
    " (SELECT id FROM requests WHERE mentee_id = $1)",
    "UPDATE pairs SET components = NULL WHERE (mentor_id = $1 OR request_id IN"
    " (SELECT id FROM requests WHERE mentee_id = $1))",
    # The hash of what a partner sent: sent once more under its key, it registers nobody anew.
    "UPDATE idempotent_answers SET body_hash = '' WHERE (subject = $1 OR subject IN"
    " (SELECT id FROM requests WHERE mentee_id = $1))",
    "DELETE FROM links WHERE purpose NOT IN ('request', 'parent') AND (subject = $1::uuid::text OR"
    " subject IN (SELECT id::text FROM requests WHERE mentee_id = $1))",
)


@dataclass(frozen=True)
class Erasure:
    """The erasure of a person. `receipts`: service → when it was done there (ISO 8601)."""

    person_id: UUID
    side: Side
    asked_by: str
    asked_at: datetime
    final_on: date
    erased_at: datetime | None
    receipts: dict[str, str]


class Erasures:
    """What was asked, from which day it is final, and who has done their part."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ask(
        self, person_id: UUID, side: str, asked_by: str, now: datetime, final_on: date
    ) -> None:
        """Write down that a person is to be erased; asking again changes nothing."""
        await self._connection.execute(
            "INSERT INTO erasures (person_id, side, asked_by, asked_at, final_on, subjects)"
            " VALUES ($1, $2, $3, $4, $5, array_prepend($1,"
            " ARRAY(SELECT id FROM requests WHERE mentee_id = $1)))"
            " ON CONFLICT (person_id) DO NOTHING",
            person_id,
            side,
            asked_by,
            now,
            final_on,
        )

    async def clear(self, person_id: UUID, now: datetime) -> None:
        """Let go of everything about a person here: what is sealed, criteria, publics, links."""
        await self._connection.execute(
            "UPDATE persons SET wrapped_key = NULL, sealed = NULL, partner = NULL,"
            " campaign = NULL, company = NULL, held = false,"
            " erased_at = coalesce(erased_at, $2) WHERE id = $1",
            person_id,
            now,
        )
        for statement in _CLEAR:
            await self._connection.execute(statement, person_id)
        await self._connection.execute(
            "UPDATE erasures SET erased_at = coalesce(erased_at, $2) WHERE person_id = $1",
            person_id,
            now,
        )

    async def keep_receipt(self, person_id: UUID, service: str, now: datetime) -> None:
        """A service has done its part; the first day counts."""
        await self._connection.execute(
            "INSERT INTO erasure_receipts (person_id, service, done_at) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            person_id,
            service,
            now,
        )

    async def about(self, subject: UUID) -> Erasure | None:
        """The erasure of a person, found by their id or that of a request of theirs."""
        row = await self._connection.fetchrow(
            "SELECT person_id, side, asked_by, asked_at, final_on, erased_at,"
            " (SELECT coalesce(jsonb_object_agg(service, done_at), '{}')"
            " FROM erasure_receipts r WHERE r.person_id = e.person_id) AS receipts"
            " FROM erasures e WHERE $1 = ANY(subjects) OR person_id = $1",
            subject,
        )
        return Erasure(**row) if row else None

    async def list_merged(self, person_id: UUID) -> list[UUID]:
        """Registrations that were decided to be this person's: they go with them."""
        rows = await self._connection.fetch(
            "SELECT id FROM persons WHERE same_as = $1 AND erased_at IS NULL ORDER BY id",
            person_id,
        )
        return [row["id"] for row in rows]

    async def not_done(self, person_ids: Sequence[UUID]) -> set[UUID]:
        """Those of these people who still stand here."""
        rows = await self._connection.fetch(
            "SELECT id FROM persons WHERE id = ANY($1)"
            " AND (erased_at IS NULL OR sealed IS NOT NULL OR wrapped_key IS NOT NULL)",
            [*person_ids],
        )
        return {row["id"] for row in rows}
