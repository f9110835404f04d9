"""Propositions: what both sides were asked, by which links, and what they answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.matching.domain.proposition import Answer, Standing, State, Term
from services.matching.store.pairs import MadePair
from shared.contracts.types import Side
from shared.persistence.batch import Connection

_OPEN = """
INSERT INTO propositions (pair_id, asked_at, last_day, answer_by, shown_to)
SELECT pair_id, $2, $3, $4, $5 FROM unnest($1::uuid[]) AS asked (pair_id)
"""
_HOLD = """
SELECT true FROM propositions WHERE shown_to > $2 AND pair_id =
    (SELECT pair_id FROM proposition_answers WHERE fingerprint = $1) FOR UPDATE
"""
_BEHIND = """
SELECT own.answer_id, own.pair_id, own.side, own.answer AS own, own.reason, other.answer AS other,
       p.state, p.last_day, p.answer_by, r.association, r.criteria AS asked, m.criteria AS offered
FROM proposition_answers own
JOIN propositions p ON p.pair_id = own.pair_id
JOIN proposition_answers other ON other.pair_id = own.pair_id AND other.side <> own.side
JOIN pairs ON pairs.pair_id = own.pair_id
JOIN requests r ON r.request_id = pairs.request_id
JOIN mentors m ON m.mentor_id = pairs.mentor_id
WHERE own.fingerprint = $1 AND p.shown_to > $2
"""
_PAIR = """
SELECT p.pair_id, p.request_id, p.mentee_id, p.mentor_id, r.association, r.programme,
       p.score, p.components
FROM pairs p JOIN requests r USING (request_id) WHERE p.pair_id = $1
"""


@dataclass(frozen=True)
class Asked:
    """A side that is asked, with the fingerprint of its link."""

    answer_id: UUID
    pair_id: UUID
    side: Side
    fingerprint: bytes


@dataclass(frozen=True)
class Proposition:
    """What a link leads to. `asked` and `offered` are the criteria of request and mentor;
    `reason` is this side's own, of a no."""

    answer_id: UUID
    pair_id: UUID
    side: Side
    standing: Standing
    reason: str | None
    last_day: date
    association: str
    asked: Mapping[str, Any]
    offered: Mapping[str, Any]


@dataclass(frozen=True)
class HeldPair:
    """A proposed pair in hand: its state, until when it is answered, and who said what."""

    state: State
    last_day: date
    answer_by: datetime
    answers: Mapping[Side, Answer | None]
    answer_ids: Mapping[Side, UUID]

    def open_at(self, now: datetime) -> bool:
        """Whether an answer still counts at that time."""
        return self.state == "open" and now < self.answer_by


class Propositions:
    """Opens propositions, reads them behind links, keeps answers and ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(self, term: Term, pair_ids: Sequence[UUID], asked: Sequence[Asked]) -> None:
        """Ask for these pairs; `asked` holds both sides of each."""
        times = (term.asked_at, term.last_day, term.answer_by, term.shown_to)
        await self._connection.execute(_OPEN, pair_ids, *times)
        await self._connection.executemany(
            "INSERT INTO proposition_answers (answer_id, pair_id, side, fingerprint)"
            " VALUES ($1, $2, $3, $4)",
            [(one.answer_id, one.pair_id, one.side, one.fingerprint) for one in asked],
        )

    async def hold(self, fingerprint: bytes, now: datetime) -> bool:
        """One answer of a proposition after the other, until the commit; false when the link is
        unknown or expired. What it says is read after this, as it then stands."""
        return bool(await self._connection.fetchval(_HOLD, fingerprint, now))

    async def behind(self, fingerprint: bytes, now: datetime) -> Proposition | None:
        """The proposition of a link; None for one that is unknown or expired."""
        row = await self._connection.fetchrow(_BEHIND, fingerprint, now)
        if row is None:
            return None
        result: dict[str, Any] = dict(row)
        standing = Standing(*(result.pop(key) for key in ("state", "answer_by", "own", "other")))
        return Proposition(standing=standing, **result)

    async def lock(self, pair_id: UUID) -> None:
        """Keep the proposition of a pair, if it has one, from others until the commit."""
        await self._connection.execute(
            "SELECT FROM propositions WHERE pair_id = $1 FOR UPDATE", pair_id
        )

    async def accepted_by_mentor(self, pair_id: UUID) -> bool:
        """Whether the mentor was asked for a yes, and gave it."""
        return bool(
            await self._connection.fetchval(
                "SELECT true FROM proposition_answers"
                " WHERE pair_id = $1 AND side = 'mentor' AND answer = 'accepted'",
                pair_id,
            )
        )

    async def hold_pair(self, pair_id: UUID) -> HeldPair:
        """The proposition of a pair, held until the commit. Raises LookupError."""
        row = await self._connection.fetchrow(
            "SELECT state, last_day, answer_by FROM propositions WHERE pair_id = $1 FOR UPDATE",
            pair_id,
        )
        if row is None:
            raise LookupError(str(pair_id))
        answers = await self._connection.fetch(
            "SELECT side, answer, answer_id FROM proposition_answers WHERE pair_id = $1", pair_id
        )
        return HeldPair(
            **row,
            answers={one["side"]: one["answer"] for one in answers},
            answer_ids={one["side"]: one["answer_id"] for one in answers},
        )

    async def withdraw(self, pair_id: UUID, now: datetime) -> None:
        """It is over for a reason outside of the pair, answered or not."""
        await self._connection.execute(
            "UPDATE propositions SET state = 'withdrawn', settled_at = coalesce(settled_at, $2)"
            " WHERE pair_id = $1 AND state IN ('open', 'accepted')",
            pair_id,
            now,
        )

    async def note(self, answer_id: UUID, answer: Answer, now: datetime) -> None:
        """Keep what a side answered; the latest counts."""
        await self._connection.execute(
            "UPDATE proposition_answers SET answer = $2, answered_at = $3 WHERE answer_id = $1",
            answer_id,
            answer,
            now,
        )

    async def explain(self, answer_id: UUID, reason: str) -> None:
        """Keep why a side declined, where it did."""
        await self._connection.execute(
            "UPDATE proposition_answers SET reason = $2"
            " WHERE answer_id = $1 AND answer = 'declined'",
            answer_id,
            reason,
        )

    async def settle(self, pair_id: UUID, state: State, now: datetime) -> None:
        """It is over, one way or another."""
        await self._connection.execute(
            "UPDATE propositions SET state = $2, settled_at = $3"
            " WHERE pair_id = $1 AND state = 'open'",
            pair_id,
            state,
            now,
        )

    async def pair(self, pair_id: UUID) -> MadePair:
        """The pair that is proposed. Raises LookupError."""
        row = await self._connection.fetchrow(_PAIR, pair_id)
        if row is None:
            raise LookupError(str(pair_id))
        return MadePair(**row).under_known_association()
