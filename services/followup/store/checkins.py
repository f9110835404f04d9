"""What each side was asked and answered. Links are known by their fingerprint only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.followup.domain.questions import Kind, Reply
from shared.contracts.types import Side
from shared.persistence.batch import Connection


@dataclass(frozen=True)
class OpenCheckIn:
    """A question that still waits for its one answer. `over`: its pair has ended meanwhile."""

    checkin_id: UUID
    kind: Kind
    side: Side
    over: bool


@dataclass(frozen=True)
class AnsweredCheckIn:
    """A question with its answer, and the term it was asked in."""

    engagement_id: UUID
    term: int
    kind: Kind
    side: Side
    reply: Reply


@dataclass(frozen=True)
class NewCheckIn:
    """A question to one side. `attempt`: from 1; `fingerprint`: of its link."""

    checkin_id: UUID
    engagement_id: UUID
    term: int
    kind: Kind
    side: Side
    attempt: int
    fingerprint: bytes
    asked_at: datetime
    expires_at: datetime


class CheckIns:
    """One row per question and side."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ask(self, question: NewCheckIn) -> None:
        """Keep a question that goes out now."""
        await self._connection.execute(
            "INSERT INTO checkins (engagement_id, term, kind, attempt, side, checkin_id,"
            " fingerprint, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            question.engagement_id,
            question.term,
            question.kind,
            question.attempt,
            question.side,
            question.checkin_id,
            question.fingerprint,
            question.asked_at,
            question.expires_at,
        )

    async def get_open_by_token(self, fingerprint: bytes, now: datetime) -> OpenCheckIn | None:
        """The question behind a link; None when unknown, answered or too old, all the same."""
        row = await self._connection.fetchrow(
            "SELECT c.checkin_id, c.kind, c.side, e.ended_at IS NOT NULL AS over"
            " FROM checkins c JOIN engagements e USING (engagement_id)"
            " WHERE c.fingerprint = $1 AND c.answer IS NULL AND c.expires_at > $2",
            fingerprint,
            now,
        )
        return OpenCheckIn(**row) if row else None

    async def take_answer(self, checkin_id: UUID, reply: Reply, now: datetime) -> bool:
        """Keep the first answer; false when there is one already."""
        taken = await self._connection.fetchval(
            "UPDATE checkins SET answer = $2, mood = $3, answered_at = $4"
            " WHERE checkin_id = $1 AND answer IS NULL RETURNING true",
            checkin_id,
            reply.answer,
            reply.mood,
            now,
        )
        return bool(taken)

    async def get_answered(self, checkin_id: UUID) -> AnsweredCheckIn:
        """An answered question. Raises LookupError when there is none."""
        row = await self._connection.fetchrow(
            "SELECT engagement_id, term, kind, side, answer, mood FROM checkins"
            " WHERE checkin_id = $1 AND answer IS NOT NULL",
            checkin_id,
        )
        if row is None:
            raise LookupError("no such check-in")
        reply = Reply(row["answer"], row["mood"])
        return AnsweredCheckIn(
            engagement_id=row["engagement_id"],
            term=row["term"],
            kind=row["kind"],
            side=row["side"],
            reply=reply,
        )

    async def replies(
        self, engagement_id: UUID, term: int, kind: Kind
    ) -> tuple[Reply | None, Reply | None]:
        """What mentee and mentor answered to a question of a term, None where nothing came."""
        rows = await self._connection.fetch(
            "SELECT side, answer, mood FROM checkins"
            " WHERE engagement_id = $1 AND term = $2 AND kind = $3 AND answer IS NOT NULL"
            " ORDER BY attempt",
            engagement_id,
            term,
            kind,
        )
        replies = {row["side"]: Reply(row["answer"], row["mood"]) for row in rows}
        return replies.get("mentee"), replies.get("mentor")

    async def any_reply(self, engagement_id: UUID, term: int) -> bool:
        """Whether anybody answered anything in a term."""
        replied: bool = await self._connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM checkins"
            " WHERE engagement_id = $1 AND term = $2 AND answer IS NOT NULL)",
            engagement_id,
            term,
        )
        return replied

    async def erase_of(self, person_id: UUID) -> None:
        """Let go of every question to a person, with what they answered."""
        await self._connection.execute(
            "DELETE FROM checkins c USING engagements e WHERE e.engagement_id = c.engagement_id"
            " AND $1 = CASE c.side WHEN 'mentee' THEN e.mentee_id ELSE e.mentor_id END",
            person_id,
        )
