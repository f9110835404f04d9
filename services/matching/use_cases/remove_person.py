"""Somebody leaves: no new pair for them, those that stand are undone."""

from uuid import UUID

from services.matching.store import Erasures, Mentors, Pairs, Requests
from services.matching.use_cases.undo_pair import Undoing, undo_pair
from shared.persistence.transaction import Transaction


async def take_mentor_out(mentor_id: UUID, tx: Transaction) -> None:
    """Undo the mentor's pairs, and close their places to every round. Repeating it is harmless."""
    for pair_id in await Pairs(tx.connection).standing_of(mentor_id):
        await undo_pair(pair_id, Undoing("mentor_left"), tx)
    await Mentors(tx.connection).leave(mentor_id, tx.now)
    await Erasures(tx.connection).note_gone(mentor_id, tx.now)


async def take_mentee_out(mentee_id: UUID, tx: Transaction) -> None:
    """Undo the young person's pairs, and close their requests for good."""
    for pair_id in await Pairs(tx.connection).standing_of(mentee_id):
        await undo_pair(pair_id, Undoing("withdrawn", waits_again=False), tx)
    await Requests(tx.connection).close_all_of(mentee_id)
    await Erasures(tx.connection).note_gone(mentee_id, tx.now)
