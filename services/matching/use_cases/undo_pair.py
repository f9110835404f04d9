"""Undoing a pair: what was taken for it is given back, and everybody concerned is told."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.matching.domain.proposition import State
from services.matching.store import Explanations, MadePair, Mentors, Pairs, Requests
from services.matching.store.propositions import Propositions
from shared.contracts.events import PairReleased, PairUndone
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

Unmade = Literal["declined", "unanswered"]
"""Why a proposition came to nothing: `pair.released`."""
Undone = Literal["withdrawn", "not_introduced", "mentor_left", "clearance_ended"]
"""Why a pair that stood does not any more: `pair.undone`."""


@dataclass(frozen=True)
class Undoing:
    """Why and how a pair is undone.

    `waits_again`: the request waits where it stood, with its old date; else whoever calls has
    closed it. `tell`: the sides that are told of it, in the words of the reason.
    """

    reason: Undone
    waits_again: bool = True
    accepted_by: Side | None = None
    tell: tuple[Side, ...] = ()


async def undo_pair(pair_id: UUID, undoing: Undoing, tx: Transaction) -> bool:
    """End a pair that stands, whatever stage it has reached; false when it stands no more, or is
    none of ours.

    The mentor's place is free again and the two are never put together again.
    """
    pairs, propositions = Pairs(tx.connection), Propositions(tx.connection)
    await propositions.lock(pair_id)
    introduced = await pairs.was_introduced(pair_id)
    pair = await _end(pair_id, undoing.reason, "withdrawn", undoing.waits_again, tx)
    if pair is None:
        return False
    await propositions.withdraw(pair_id, tx.now)
    undone = PairUndone(
        **pair.ids(),
        reason=undoing.reason,
        accepted_by=undoing.accepted_by,
        introduced=introduced,
        tell=undoing.tell,
    )
    tx.publish(undone)
    return True


async def undo_pairs_apart(person_id: UUID, apart_from: Collection[UUID], tx: Transaction) -> None:
    """Undo what was made of people who may not be together; who is introduced already goes on."""
    pairs = Pairs(tx.connection)
    for pair_id in await pairs.standing_between(person_id, apart_from):
        if not await pairs.was_introduced(pair_id):
            said_yes = await Propositions(tx.connection).accepted_by_mentor(pair_id)
            accepted_by: Side | None = "mentor" if said_yes else None
            await undo_pair(pair_id, Undoing("not_introduced", accepted_by=accepted_by), tx)


async def release_pair(
    pair_id: UUID, reason: Unmade, accepted_by: Side | None, tx: Transaction
) -> None:
    """A proposed pair will not be, and never comes back; both wait again where they stood."""
    pair = await _end(pair_id, reason, reason, True, tx)
    if pair is not None:
        tx.publish(PairReleased(**pair.ids(), reason=reason, accepted_by=accepted_by))


async def _end(
    pair_id: UUID, reason: Unmade | Undone, state: State, waits_again: bool, tx: Transaction
) -> MadePair | None:
    """The pair that ended now; None when it had ended before. `state`: of its proposition."""
    propositions, pairs = Propositions(tx.connection), Pairs(tx.connection)
    await propositions.settle(pair_id, state, tx.now)
    pair = await pairs.get_standing_for_update(pair_id)
    if pair is None:
        return None
    await pairs.end(pair_id, reason, tx.now)
    if waits_again:
        await Requests(tx.connection).wait_again(pair.request_id)
    await Explanations(tx.connection).forget(pair.request_id)
    await Mentors(tx.connection).give_place_back(pair.mentor_id)
    return pair
