"""Holds on newcomers who may be somebody known, and people who are never put together."""

from collections.abc import Sequence
from uuid import UUID

from shared.persistence.batch import Connection, PlainConnection, share_change, share_statement
from shared.persistence.columns import columns


class Holds:
    """Holds of requests and mentors; one may be lifted before it is placed, or placed again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def is_held(self, subject: UUID, registered: bool) -> bool:
        """Whether somebody waits who registered held, or not: what was said of it since counts
        more. Whoever changes it waits until this transaction ends, so that neither of the two
        overlooks the other."""
        held = await _lock_and_read(self._connection, subject)
        return registered if held is None else held

    async def place(self, mentor_id: UUID) -> None:
        """No place of this mentor is open beside those taken; remembered of one not known yet."""
        await self._keep(mentor_id, True)
        await self._connection.execute(
            "UPDATE mentors SET held = true WHERE mentor_id = $1 AND left_at IS NULL", mentor_id
        )

    async def lift(self, subject: UUID) -> None:
        """The request waits with its old date, or the mentor has places again; pools are marked.

        Remembered where neither is known yet."""
        await self._keep(subject, False)
        await self._connection.execute(
            "UPDATE requests SET state = 'waiting', changed_in = pg_current_xact_id(),"
            " heard_at = now() WHERE request_id = $1 AND state = 'held'",
            subject,
        )
        await self._connection.execute(
            "UPDATE mentors SET held = false WHERE mentor_id = $1 AND held AND left_at IS NULL",
            subject,
        )

    async def keep_mentee_apart(self, mentee_id: UUID, mentor_ids: Sequence[UUID]) -> None:
        """These pairs are never made."""
        await _keep_apart(self._connection, [(mentee_id, mentor_id) for mentor_id in mentor_ids])

    async def keep_mentor_apart(self, mentor_id: UUID, mentee_ids: Sequence[UUID]) -> None:
        """The same, from the mentor's side."""
        await _keep_apart(self._connection, [(mentee_id, mentor_id) for mentee_id in mentee_ids])

    async def _keep(self, subject: UUID, held: bool) -> None:
        await _lock(self._connection, [subject])
        await self._connection.execute(
            "INSERT INTO holds (subject, held) VALUES ($1, $2)"
            " ON CONFLICT (subject) DO UPDATE SET held = excluded.held",
            subject,
            held,
        )


async def _lock(connection: Connection, subjects: Sequence[UUID]) -> None:
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('hold:' || subject, 0))"
        " FROM unnest($1::text[]) AS subject",
        sorted({str(subject) for subject in subjects}),
    )


@share_statement
async def _lock_and_read(
    connection: PlainConnection, subjects: Sequence[UUID]
) -> Sequence[bool | None]:
    await _lock(connection, subjects)
    rows = await connection.fetch(
        "SELECT subject, held FROM holds WHERE subject = ANY($1)", list(set(subjects))
    )
    held = {row["subject"]: bool(row["held"]) for row in rows}
    return [held.get(subject) for subject in subjects]


@share_change
async def _keep_apart(
    connection: PlainConnection, many: Sequence[Sequence[tuple[UUID, UUID]]]
) -> None:
    apart = sorted({pair for pairs in many for pair in pairs})
    if apart:
        await connection.execute(
            "INSERT INTO kept_apart (mentee_id, mentor_id)"
            " SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING",
            *columns(apart),
        )
