"""What the clock does with propositions and introductions: a reminder, then the end."""

from uuid import UUID

from services.matching.domain.proposition import SIDES
from services.matching.store.propositions import Propositions
from services.matching.use_cases.confirm_pairs import miss_introduction
from services.matching.use_cases.judge_clearance import end_pause
from services.matching.use_cases.propose_pair import ask_answer
from services.matching.use_cases.undo_pair import release_pair
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer


async def remind_silent(timer: Timer, tx: Transaction) -> None:
    """Ask once more who has not answered, unless it is over: also when this comes late."""
    propositions, pair_id = Propositions(tx.connection), UUID(timer.key)
    proposition = await propositions.hold_pair(pair_id)
    if not proposition.open_at(tx.now):
        return
    pair = await propositions.pair(pair_id)
    for side in SIDES:
        if proposition.answers[side] is None:
            answer_id = proposition.answer_ids[side]
            tx.publish(ask_answer(pair, side, answer_id, proposition.last_day, reminder=True))


async def close_unanswered(timer: Timer, tx: Transaction) -> None:
    """The deadline has passed without both answers: both people wait again."""
    pair_id = UUID(timer.key)
    proposition = await Propositions(tx.connection).hold_pair(pair_id)
    if proposition.state == "open":
        accepted = [side for side in SIDES if proposition.answers[side] == "accepted"]
        await release_pair(pair_id, "unanswered", accepted[0] if accepted else None, tx)


async def undo_overdue_introduction(timer: Timer, tx: Transaction) -> None:
    """no event came of a pair's introduction for two weeks."""
    await miss_introduction(UUID(timer.key), tx)


async def undo_paused(timer: Timer, tx: Transaction) -> None:
    """A pair was paused for as long as it may be."""
    await end_pause(UUID(timer.key), tx)
