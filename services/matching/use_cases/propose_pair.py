"""Asking both sides for their yes: proposed by a round, answered on a page, ended by a timer.

Whoever answers or ends one holds the proposition first, then the request, then the mentor, so
that answers, deadlines and rounds never deadlock. Timers are never taken
back: a timer in hand waits for the proposition, and what holds that would wait for the timer.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.matching.domain.programme import Programme
from services.matching.domain.proposition import SIDES, Answer, State, outcome, term_of
from services.matching.store import MadePair
from services.matching.store.propositions import Asked, Proposition, Propositions
from services.matching.use_cases.confirm_pairs import confirm_pairs
from services.matching.use_cases.judge_clearance import may_be_confirmed, undo_unsafe
from services.matching.use_cases.undo_pair import release_pair
from shared.contracts.events import AnswerAsked
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

REMINDER, DEADLINE = "remind_of_proposition", "close_proposition"
YIELD_EVERY = 50
"""Pairs asked for between two looks at what else waits in the event loop."""


async def propose(made: Sequence[MadePair], programme: Programme, tx: Transaction) -> date:
    """Ask both sides of each pair; returns the last day on which an answer counts."""
    term = term_of(tx.now, programme.answer_days)
    asked = [_new_answer(pair.pair_id, side, tx) for pair in made for side in SIDES]
    pair_ids = [pair.pair_id for pair in made]
    await Propositions(tx.connection).open(term, pair_ids, asked)
    await tx.schedule_all(REMINDER, pair_ids, term.remind_at)
    await tx.schedule_all(DEADLINE, pair_ids, term.answer_by)
    answer_ids = {(one.pair_id, one.side): one.answer_id for one in asked}
    for place, pair in enumerate(made, start=1):
        for side in SIDES:
            tx.publish(ask_answer(pair, side, answer_ids[pair.pair_id, side], term.last_day))
        if place % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return term.last_day


def _new_answer(pair_id: UUID, side: Side, tx: Transaction) -> Asked:
    answer_id = tx.new_id()
    return Asked(answer_id, pair_id, side, tx.fingerprint("proposition", answer_id))


def ask_answer(
    pair: MadePair, side: Side, answer_id: UUID, last_day: date, reminder: bool = False
) -> AnswerAsked:
    """The event that asks this side for its answer, until and with the last day."""
    return AnswerAsked(
        answer_id=answer_id,
        pair_id=pair.pair_id,
        association=pair.association,
        side=side,
        person_id=pair.mentee_id if side == "mentee" else pair.mentor_id,
        last_day=last_day,
        reminder=reminder,
    )


async def take_reply(mark: bytes, answer: Answer, reason: str | None, tx: Transaction) -> bool:
    """What somebody answers behind the link with this fingerprint; false when there is none.

    An answer that comes too late, or twice, changes nothing: the page tells how things stand.
    """
    propositions = Propositions(tx.connection)
    if not await propositions.hold(mark, tx.now):
        return False
    proposition = await propositions.behind(mark, tx.now)
    if proposition is None:
        return False
    becomes = outcome(proposition.standing, answer, tx.now)
    if becomes is not None:
        await propositions.note(proposition.answer_id, answer, tx.now)
        await _follow(proposition, becomes, tx)
    if reason and answer == "declined":
        await propositions.explain(proposition.answer_id, reason)
    return True


async def _follow(proposition: Proposition, becomes: State, tx: Transaction) -> None:
    if becomes == "accepted":
        await _confirm_if_safe(proposition.pair_id, tx)
    elif becomes == "declined":
        accepted = proposition.standing.other == "accepted"
        other: Side = "mentor" if proposition.side == "mentee" else "mentee"
        await release_pair(proposition.pair_id, becomes, other if accepted else None, tx)


async def _confirm_if_safe(pair_id: UUID, tx: Transaction) -> None:
    """Both said yes; what was safe on the day of the round may not be any more."""
    if await may_be_confirmed(pair_id, tx):
        await _confirm(pair_id, tx)
    else:
        await undo_unsafe(pair_id, tx)


async def _confirm(pair_id: UUID, tx: Transaction) -> None:
    propositions = Propositions(tx.connection)
    await propositions.settle(pair_id, "accepted", tx.now)
    await confirm_pairs([await propositions.pair(pair_id)], tx)
