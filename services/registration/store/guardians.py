"""What associations have to do about the guardians of minors, and what was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.types import Side
from shared.persistence.batch import Connection, PlainConnection, share_change, share_statement
from shared.persistence.columns import columns

CheckKind = Literal["confirm", "inform", "consent"]
_FIELDS = "subject, side, kind, association, opened_at, answer_by, settled_at, how"


@dataclass(frozen=True)
class GuardianCheck:
    """A task of an association. `subject`: the request, or the mentor."""

    subject: UUID
    side: Side
    kind: CheckKind
    association: str
    opened_at: datetime
    answer_by: datetime
    settled_at: datetime | None = None
    how: str | None = None


class GuardianChecks:
    """One for each request or mentor; a task that went to another association begins anew."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(self, check: GuardianCheck) -> None:
        """Give the task to an association; one that somebody settled stays settled, and one
        that our message did is open again."""
        await _open(self._connection, check)

    async def get_for_update(self, subject: UUID) -> GuardianCheck | None:
        """The task of a request or a mentor, kept from others until the transaction ends."""
        return await _get_for_update(self._connection, subject)

    async def waiting_for(self, association: str) -> Sequence[GuardianCheck]:
        """What an association has to do, the nearest deadline first."""
        rows = await self._connection.fetch(
            f"SELECT {_FIELDS} FROM guardian_checks"
            " WHERE association = $1 AND settled_at IS NULL ORDER BY answer_by, subject LIMIT 200",
            association,
        )
        return [GuardianCheck(**row) for row in rows]

    async def hand_to(self, head: str, known: Sequence[str]) -> None:
        """Open tasks of associations that are none of the known ones, with their deadlines."""
        await self._connection.execute(
            "UPDATE guardian_checks SET association = $1"
            " WHERE settled_at IS NULL AND NOT association = ANY ($2)",
            head,
            list(known),
        )

    async def settle(self, subject: UUID, how: str, now: datetime) -> bool:
        """Done, and how; false when nothing was to do."""
        done: str = await self._connection.execute(
            "UPDATE guardian_checks SET settled_at = $3, how = $2"
            " WHERE subject = $1 AND settled_at IS NULL",
            subject,
            how,
            now,
        )
        return done.endswith("1")

    async def drop(self, subject: UUID) -> None:
        """The task is nobody's any more; one that is settled stays."""
        await self._connection.execute(
            "DELETE FROM guardian_checks WHERE subject = $1 AND settled_at IS NULL", subject
        )


@share_change
async def _open(connection: PlainConnection, checks: Sequence[GuardianCheck]) -> None:
    rows = [
        (one.subject, one.side, one.kind, one.association, one.opened_at, one.answer_by)
        for one in checks
    ]
    await connection.execute(
        "INSERT INTO guardian_checks (subject, side, kind, association, opened_at, answer_by)"
        " SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[],"
        " $5::timestamptz[], $6::timestamptz[]) ON CONFLICT (subject) DO UPDATE SET"
        " kind = excluded.kind, association = excluded.association,"
        " opened_at = excluded.opened_at, answer_by = excluded.answer_by,"
        " settled_at = NULL, how = NULL"
        " WHERE guardian_checks.settled_at IS NULL OR guardian_checks.how = 'message'",
        *columns(rows),
    )


@share_statement
async def _get_for_update(
    connection: PlainConnection, subjects: Sequence[UUID]
) -> Sequence[GuardianCheck | None]:
    rows = await connection.fetch(
        f"SELECT {_FIELDS} FROM guardian_checks WHERE subject = ANY($1)"
        " ORDER BY subject FOR UPDATE",
        list(set(subjects)),
    )
    checks = {row["subject"]: GuardianCheck(**row) for row in rows}
    return [checks.get(subject) for subject in subjects]
