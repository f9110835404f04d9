"""Erasing people: what stands by itself goes, in what others need their ids are replaced.

A stored round stays evidence: who was in it keeps their criteria there under an id that leads
nowhere, so that its pairs, figures and proof still hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection

_NEXT = """
SELECT round_id, requested_at, held_on, policy, inputs::text, result::text, faulty::text,
       certificate::text, violations::text
FROM rounds WHERE state IN ('published', 'failed')
  AND requested_at >= coalesce($2::timestamptz,
      (SELECT min(since) FROM erasures_under_way WHERE person_id = $1))
  AND EXISTS (SELECT FROM erasures_under_way u WHERE u.person_id = $1
      AND strpos(concat(inputs, result, faulty, certificate, violations), u.old_id::text) > 0)
ORDER BY requested_at, round_id LIMIT 1 FOR UPDATE OF rounds
"""
_IN_OPEN_ROUND = """
SELECT EXISTS (SELECT FROM rounds JOIN erasures_under_way u ON u.person_id = $1
    WHERE state IN ('queued', 'running') AND strpos(inputs::text, u.old_id::text) > 0)
"""


@dataclass(frozen=True)
class RoundTexts:
    """The parts of a stored round that hold ids, as JSON; None where there is none."""

    inputs: str | None
    result: str | None
    faulty: str
    certificate: str | None
    violations: str


@dataclass(frozen=True)
class FoundRound:
    """A stored round that names somebody who is being erased."""

    round_id: UUID
    requested_at: datetime
    held_on: date
    policy: Mapping[str, Any]
    texts: RoundTexts


class Erasures:
    """What is being erased, and where it stands."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note_gone(self, person_id: UUID, now: datetime) -> None:
        """This person is not kept any more, whatever events still come about them."""
        await self._connection.execute(
            "INSERT INTO gone_people (person_id, gone_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            person_id,
            now,
        )

    async def begin(self, person_id: UUID) -> None:
        """Draw an id that leads nowhere for each id of this person; again, nothing is drawn."""
        await self._connection.execute(
            "INSERT INTO erasures_under_way (person_id, old_id, since)"
            " SELECT $1, mentor_id, joined_at FROM mentors WHERE mentor_id = $1"
            " UNION SELECT $1, request_id, opened_at FROM requests WHERE mentee_id = $1"
            " UNION SELECT $1, $1, min(opened_at) FROM requests WHERE mentee_id = $1"
            " HAVING count(*) > 0 ON CONFLICT DO NOTHING",
            person_id,
        )

    async def new_ids(self, person_id: UUID) -> Mapping[UUID, UUID]:
        """Old id → the one that takes its place."""
        rows = await self._connection.fetch(
            "SELECT old_id, new_id FROM erasures_under_way WHERE person_id = $1", person_id
        )
        return {row["old_id"]: row["new_id"] for row in rows}

    async def next_round(self, person_id: UUID, after: datetime | None) -> FoundRound | None:
        """The first round since `after` that still names the person, held until the commit.

        None `after`: since the person came. A round on its way is not looked at.
        """
        row = await self._connection.fetchrow(_NEXT, person_id, after)
        if row is None:
            return None
        fields = dict(row)
        known = {
            name: fields.pop(name) for name in ("round_id", "requested_at", "held_on", "policy")
        }
        return FoundRound(**known, texts=RoundTexts(**fields))

    async def rewrite(self, round_id: UUID, texts: RoundTexts) -> None:
        """Keep a round with other ids."""
        await self._connection.execute(
            "UPDATE rounds SET inputs = $2::text::jsonb, result = $3::text::jsonb,"
            " faulty = $4::text::jsonb, certificate = $5::text::jsonb,"
            " violations = $6::text::jsonb WHERE round_id = $1",
            round_id,
            texts.inputs,
            texts.result,
            texts.faulty,
            texts.certificate,
            texts.violations,
        )

    async def is_in_open_round(self, person_id: UUID) -> bool:
        """Whether a round is on its way that names the person: a solver has them in hand."""
        return bool(await self._connection.fetchval(_IN_OPEN_ROUND, person_id))

    async def finish(self, person_id: UUID) -> None:
        """Let go of what stands by itself, replace ids in the rest, and forget the replacement."""
        for statement in _FINISH:
            await self._connection.execute(statement, person_id)


_OLD = "SELECT old_id FROM erasures_under_way WHERE person_id = $1"
_FINISH = (
    f"DELETE FROM proposition_answers WHERE pair_id IN (SELECT pair_id FROM pairs"
    f" WHERE mentee_id = $1 OR mentor_id = $1 OR request_id IN ({_OLD}))",
    # Explanations of others may name the person too.
    "UPDATE explanations e SET explanation = replace(explanation::text, u.old_id::text,"
    " u.new_id::text)::jsonb FROM erasures_under_way u WHERE u.person_id = $1"
    " AND strpos(explanation::text, u.old_id::text) > 0",
    f"DELETE FROM explanations WHERE request_id IN ({_OLD})",
    f"DELETE FROM selection_requests WHERE request_id IN ({_OLD})",
    "INSERT INTO requests (request_id, mentee_id, programme, association, criteria, since,"
    " opened_at, state) SELECT u.new_id, own.new_id, programme, association, '{}', r.since,"
    " opened_at, 'closed' FROM requests r JOIN erasures_under_way u ON u.old_id = r.request_id"
    " AND u.person_id = $1 JOIN erasures_under_way own ON own.old_id = r.mentee_id"
    " AND own.person_id = $1",
    "UPDATE arrivals a SET request_id = u.new_id FROM erasures_under_way u"
    " WHERE u.person_id = $1 AND u.old_id = a.request_id",
    "UPDATE pairs SET request_id = u.new_id FROM erasures_under_way u"
    " WHERE u.person_id = $1 AND u.old_id = pairs.request_id AND mentee_id = $1",
    "UPDATE pairs SET mentee_id = u.new_id FROM erasures_under_way u"
    " WHERE u.person_id = $1 AND u.old_id = pairs.mentee_id",
    "UPDATE pairs SET mentor_id = u.new_id FROM erasures_under_way u"
    " WHERE u.person_id = $1 AND u.old_id = pairs.mentor_id",
    "DELETE FROM requests WHERE mentee_id = $1",
    "DELETE FROM mentors WHERE mentor_id = $1",
    "DELETE FROM births WHERE person_id = $1",
    "DELETE FROM latest_changes WHERE person_id = $1",
    "DELETE FROM clearances_ahead WHERE mentor_id = $1",
    "DELETE FROM kept_apart WHERE mentee_id = $1 OR mentor_id = $1",
    f"DELETE FROM holds WHERE subject = $1 OR subject IN ({_OLD})",
    "DELETE FROM erasures_under_way WHERE person_id = $1",
)
