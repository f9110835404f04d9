"""A mentor's clearance for minors: known from events, judged again whenever two are put together.

Rounds judge it on their own day. It may end between that day and the introduction, so whoever
makes or confirms a pair judges the gate `safety` on the day on which it happens.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from services.matching.domain.proposition import SIDES
from services.matching.domain.safety import is_safe
from services.matching.store import Holds, JudgedPair, JudgedPairs, Mentors, Pairs, Programmes
from services.matching.store.propositions import Propositions
from services.matching.use_cases.undo_pair import Undoing, undo_pair
from shared.contracts.deadlines import PAUSE_TIME
from shared.contracts.events import PairPaused, PairResumed
from shared.contracts.types import PARIS, Side
from shared.persistence.transaction import Transaction

PAUSE_OVER = "pause_over"
"""Timer, by pair: it has been paused for long enough."""


async def change_clearance(mentor_id: UUID, until: date | None, tx: Transaction) -> None:
    """Keep until when a mentor is cleared (None: not at all) and judge all of the mentor's pairs.

    Propositions are locked before the mentor, as everywhere; a round that is being published
    either sees the change, or has made its pairs when we look again.
    """
    await _lock_propositions(mentor_id, tx)
    await Mentors(tx.connection).set_clearance(mentor_id, until)
    await judge_pairs_of(mentor_id, tx)


async def place_hold(mentor_id: UUID, tx: Transaction) -> None:
    """A mentor who was matched waits: no new pair, and those that stand are judged anew."""
    await _lock_propositions(mentor_id, tx)
    await Holds(tx.connection).place(mentor_id)
    await judge_pairs_of(mentor_id, tx)


async def lift_hold(
    side: Side, person_id: UUID, subject: UUID, past: Sequence[UUID], tx: Transaction
) -> None:
    """Whoever was held is matched from now on, with the old date; what was paused goes on."""
    holds = Holds(tx.connection)
    if side == "mentor":
        await _lock_propositions(person_id, tx)
    await holds.keep_mentee_apart(person_id, past)
    await holds.lift(subject)
    if side == "mentor":
        await judge_pairs_of(person_id, tx)


async def correct_mentor_birth(mentor_id: UUID, year: int | None, tx: Transaction) -> None:
    """The gate `safety` judges a mentor's pairs by the year of birth that is true."""
    await _lock_propositions(mentor_id, tx)
    await Mentors(tx.connection).correct_birth(mentor_id, year)
    await judge_pairs_of(mentor_id, tx)


async def _lock_propositions(mentor_id: UUID, tx: Transaction) -> None:
    for pair_id in await Pairs(tx.connection).standing_of(mentor_id):
        await Propositions(tx.connection).lock(pair_id)


async def judge_pairs_of(mentor_id: UUID, tx: Transaction) -> None:
    """Undo, pause or resume what a mentor is in, as it stands today."""
    for pair in await JudgedPairs(tx.connection).of_mentor(mentor_id):
        if pair.pair_id:
            await _judge(pair, pair.pair_id, tx)


async def _judge(pair: JudgedPair, pair_id: UUID, tx: Transaction) -> None:
    """Undo what is only proposed, pause what is confirmed, resume what may go on."""
    safe = not pair.held and await _is_safe_today(pair, tx)
    if safe and pair.paused_at:
        await JudgedPairs(tx.connection).set_paused(pair_id, None)
        await tx.cancel(PAUSE_OVER, pair_id)
        ids = (await Propositions(tx.connection).pair(pair_id)).ids()
        tx.publish(PairResumed(**ids, paused_at=pair.paused_at))
    elif not safe and pair.proposed:
        await undo_unsafe(pair_id, tx)
    elif pair.held and not pair.introduced:
        await undo_pair(pair_id, Undoing("clearance_ended", tell=SIDES), tx)
    elif not safe and not pair.paused_at:
        await JudgedPairs(tx.connection).set_paused(pair_id, tx.now)
        ids = (await Propositions(tx.connection).pair(pair_id)).ids()
        ends_at = tx.now + PAUSE_TIME
        await tx.schedule(PAUSE_OVER, pair_id, ends_at)
        reason: Literal["clearance_ended", "guardian_first"] = (
            "guardian_first" if pair.held else "clearance_ended"
        )
        tx.publish(PairPaused(**ids, paused_at=tx.now, ends_at=ends_at, reason=reason))


async def end_pause(pair_id: UUID, tx: Transaction) -> None:
    """The mentor was not cleared again in time: the pair is undone, and both are told."""
    await Propositions(tx.connection).lock(pair_id)
    pair = await JudgedPairs(tx.connection).standing(pair_id)
    if pair is not None and pair.paused_at:
        await undo_pair(pair_id, Undoing("clearance_ended", tell=SIDES), tx)


async def undo_unsafe(pair_id: UUID, tx: Transaction) -> None:
    """Undo a proposed pair that may not meet; whoever had said yes is owed a word."""
    proposition = await Propositions(tx.connection).hold_pair(pair_id)
    accepted = [side for side in SIDES if proposition.answers[side] == "accepted"]
    undoing = Undoing("clearance_ended", accepted_by=accepted[0] if accepted else None)
    await undo_pair(pair_id, undoing, tx)


async def may_be_confirmed(pair_id: UUID, tx: Transaction) -> bool:
    """Whether the gate `safety` lets a proposed pair through today."""
    pair = await JudgedPairs(tx.connection).standing(pair_id)
    return pair is not None and not pair.held and await _is_safe_today(pair, tx)


async def unsafe_requests(pairs: Sequence[JudgedPair], tx: Transaction) -> list[UUID]:
    """The requests among these pairs that the gate `safety` keeps from their mentor today."""
    programmes = {
        code: await Programmes(tx.connection).with_code(code)
        for code in {pair.programme for pair in pairs}
    }
    return [
        pair.request_id
        for pair in pairs
        if not is_safe(pair.safety, _today(tx), programmes[pair.programme].policy)
    ]


async def _is_safe_today(pair: JudgedPair, tx: Transaction) -> bool:
    return not await unsafe_requests([pair], tx)


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(PARIS).date()
