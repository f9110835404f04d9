"""Engagements and their terms."""

from datetime import datetime
from uuid import UUID

from services.followup.domain.engagement import Engagement
from shared.persistence.batch import Connection

_READ = """
SELECT e.engagement_id, e.pair_id, e.request_id, e.mentee_id, e.mentor_id, e.association, e.term,
       t.started_at AS term_started_at, e.met_at IS NOT NULL AS met, e.ended_at IS NOT NULL AS over,
       EXISTS (SELECT FROM pauses p
               WHERE p.pair_id = e.pair_id AND p.resumed_at IS NULL) AS paused
FROM engagements e JOIN terms t ON t.engagement_id = e.engagement_id AND t.number = e.term
WHERE e.engagement_id = $1
"""
_LEFT = """
SELECT NOT EXISTS (SELECT FROM engagements WHERE pair_id = $1)
   AND NOT EXISTS (SELECT FROM withdrawn_requests WHERE request_id = $2)
   AND NOT EXISTS (SELECT FROM erased_people WHERE person_id = $3)
   AND (EXISTS (SELECT FROM undone_pairs WHERE pair_id = $1 AND reason = 'mentor_left')
        OR NOT EXISTS (SELECT FROM undone_pairs WHERE pair_id = $1)
           AND (EXISTS (SELECT FROM departed_mentors WHERE mentor_id = $4)
                OR EXISTS (SELECT FROM erased_people WHERE person_id = $4)))
"""


class Engagements:
    """Whoever decides about an engagement holds it first, so that decisions come one by one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def is_left(self, engagement: Engagement) -> bool:
        """Whether a pair that nothing is known of yet has lost its mentor already. Whoever tells
        that somebody left waits from here on until the commit."""
        await self._lock(engagement.request_id, engagement.mentee_id, engagement.mentor_id)
        return bool(
            await self._connection.fetchval(
                _LEFT,
                engagement.pair_id,
                engagement.request_id,
                engagement.mentee_id,
                engagement.mentor_id,
            )
        )

    async def begin(self, engagement: Engagement) -> bool:
        """Start the first term; false when the pair has an engagement already, or was over before
        its introduction came."""
        begun = await self._connection.fetchval(
            "INSERT INTO engagements"
            " (engagement_id, pair_id, request_id, mentee_id, mentor_id, association, started_at)"
            " SELECT $1, $2, $3::uuid, $4, $5, $6, $7"
            " WHERE NOT EXISTS (SELECT FROM withdrawn_requests WHERE request_id = $3)"
            " AND NOT EXISTS (SELECT FROM undone_pairs WHERE pair_id = $2)"
            " ON CONFLICT (pair_id) DO NOTHING RETURNING true",
            engagement.engagement_id,
            engagement.pair_id,
            engagement.request_id,
            engagement.mentee_id,
            engagement.mentor_id,
            engagement.association,
            engagement.term_started_at,
        )
        if begun:
            await self._open_term(engagement.engagement_id, 1, engagement.term_started_at)
        return bool(begun)

    async def withdraw(self, request_id: UUID, now: datetime) -> None:
        """Let no engagement begin for this request any more."""
        await self._lock(request_id)
        await self._connection.execute(
            "INSERT INTO withdrawn_requests (request_id, withdrawn_at) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            request_id,
            now,
        )

    async def running_for(self, request_id: UUID) -> list[UUID]:
        """The engagements of a request that are not over: one, or none."""
        rows = await self._connection.fetch(
            "SELECT engagement_id FROM engagements WHERE request_id = $1 AND ended_at IS NULL",
            request_id,
        )
        return [row["engagement_id"] for row in rows]

    async def get_for_update(self, engagement_id: UUID) -> Engagement:
        """The engagement as it is now, locked until the transaction ends.

        Raises LookupError when there is none.
        """
        # Lock first, read after: one statement would join the new row with the old term.
        await self._connection.execute(
            "SELECT 1 FROM engagements WHERE engagement_id = $1 FOR UPDATE", engagement_id
        )
        return await self._read(engagement_id)

    async def undo_pair(
        self, pair_id: UUID, request_id: UUID, reason: str, now: datetime
    ) -> UUID | None:
        """Remember that a pair was undone, also one that is introduced only later; returns its
        engagement, if it has one."""
        await self._lock(request_id)
        await self._connection.execute(
            "INSERT INTO undone_pairs (pair_id, undone_at, reason) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            pair_id,
            now,
            reason,
        )
        engagement_id: UUID | None = await self._connection.fetchval(
            "SELECT engagement_id FROM engagements WHERE pair_id = $1", pair_id
        )
        return engagement_id

    async def note_departure(self, mentor_id: UUID, now: datetime) -> None:
        """Let no engagement begin with this mentor any more."""
        await self._lock(mentor_id)
        await self._connection.execute(
            "INSERT INTO departed_mentors (mentor_id, departed_at) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            mentor_id,
            now,
        )

    async def mark_informed(self, engagement: Engagement, now: datetime) -> bool:
        """Record that the other side is informed of a mentor who left before an engagement began;
        false when it was informed before."""
        is_new = await self._connection.fetchval(
            "INSERT INTO undone_pairs AS u (pair_id, undone_at, reason, told_at)"
            " VALUES ($1, $2, 'mentor_left', $2) ON CONFLICT (pair_id) DO UPDATE SET told_at = $2"
            " WHERE u.told_at IS NULL RETURNING true",
            engagement.pair_id,
            now,
        )
        return bool(is_new)

    async def hand_to(self, head: str, known: list[str]) -> None:
        """Running engagements whose association is none of the known ones."""
        await self._connection.execute(
            "UPDATE engagements SET association = $1"
            " WHERE ended_at IS NULL AND NOT association = ANY ($2)",
            head,
            known,
        )

    async def find_concerned(self, concerns: UUID) -> Engagement | None:
        """The engagement behind a message about a pair or a check-in, if it is one of ours."""
        engagement_id = await self._connection.fetchval(
            "SELECT engagement_id FROM engagements WHERE pair_id = $1 OR engagement_id = $1"
            " UNION SELECT engagement_id FROM checkins WHERE checkin_id = $1",
            concerns,
        )
        return await self._read(engagement_id) if engagement_id else None

    async def note_meeting(self, engagement: Engagement, now: datetime) -> None:
        """Write down that the two have met."""
        await self._connection.execute(
            "UPDATE engagements SET met_at = $2 WHERE engagement_id = $1",
            engagement.engagement_id,
            now,
        )

    async def renew(self, engagement: Engagement, next_start: datetime, now: datetime) -> None:
        """Close the term as renewed and open the next one."""
        await self._decide_term(engagement, "renewed", now)
        await self._connection.execute(
            "UPDATE engagements SET term = term + 1 WHERE engagement_id = $1",
            engagement.engagement_id,
        )
        await self._open_term(engagement.engagement_id, engagement.term + 1, next_start)

    async def end(self, engagement: Engagement, reason: str, now: datetime) -> None:
        """Close the term and the engagement with it."""
        await self._decide_term(engagement, "ended", now)
        await self._connection.execute(
            "UPDATE engagements SET ended_at = $2, end_reason = $3 WHERE engagement_id = $1",
            engagement.engagement_id,
            now,
            reason,
        )

    async def running_of(self, person_id: UUID) -> list[UUID]:
        """The engagements of a person that are not over, in the order of their ids."""
        rows = await self._connection.fetch(
            "SELECT engagement_id FROM engagements"
            " WHERE (mentee_id = $1 OR mentor_id = $1) AND ended_at IS NULL ORDER BY 1",
            person_id,
        )
        return [row["engagement_id"] for row in rows]

    async def note_erased(self, person_id: UUID, now: datetime) -> None:
        """Let no engagement begin with this person any more."""
        await self._lock(person_id)
        await self._connection.execute(
            "INSERT INTO erased_people (person_id, erased_at) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            person_id,
            now,
        )

    async def forget_person(self, person_id: UUID) -> None:
        """Put ids that lead nowhere in the place of the person's and of their requests."""
        await self._connection.execute(
            "UPDATE engagements SET mentee_id = gen_random_uuid(), request_id = gen_random_uuid()"
            " WHERE mentee_id = $1",
            person_id,
        )
        await self._connection.execute(
            "UPDATE engagements SET mentor_id = gen_random_uuid() WHERE mentor_id = $1", person_id
        )

    async def _read(self, engagement_id: UUID) -> Engagement:
        row = await self._connection.fetchrow(_READ, engagement_id)
        if row is None:
            raise LookupError("no such engagement")
        return Engagement(**row)

    async def _lock(self, *subjects: UUID) -> None:
        """A beginning and an end (of a request, with a person) that arrive together see each
        other."""
        await self._connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(subject, 0))"
            " FROM unnest($1::text[]) AS subject",
            sorted(map(str, subjects)),
        )

    async def _open_term(self, engagement_id: UUID, number: int, start: datetime) -> None:
        await self._connection.execute(
            "INSERT INTO terms (engagement_id, number, started_at) VALUES ($1, $2, $3)",
            engagement_id,
            number,
            start,
        )

    async def _decide_term(self, engagement: Engagement, outcome: str, now: datetime) -> None:
        await self._connection.execute(
            "UPDATE terms SET outcome = $3, decided_at = $4"
            " WHERE engagement_id = $1 AND number = $2",
            engagement.engagement_id,
            engagement.term,
            outcome,
            now,
        )
