"""One answer to those who came to a large pool: the best place the last round left open to each.

It is found on that round's prices, checked by the verifier's reading of every rule against what the
store holds at that moment, and published as a round's pairs are: in one transaction, its places
locked.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import structlog

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.explanation import Explanation, reasons_for
from services.matching.domain.people import Association
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import Pair
from services.matching.domain.weights import Weights
from services.matching.engine.residual_places import ResidualPlaces
from services.matching.engine.verification.verifier import PairCheck
from services.matching.solver_process.batches import make_batches, pair_data
from services.matching.store import MadePair
from services.matching.store.arrivals import Answer, Arrivals, KeptRound, LeftOpen
from services.matching.store.snapshot import round_input
from services.matching.use_cases.publish_round import publish_batch
from shared.contracts.types import PARIS
from shared.persistence.transaction import Transaction

AT_ONCE = 20
"""Answers in one transaction: a few hundredths of a second of locks."""

LATE = frozenset({"person", "capacity", "round_cap", "safety"})
"""Rules that break where somebody else was faster, or a clearance has ended since the round; any
other would be our own fault."""

log = structlog.get_logger()


class ResidualRound:
    """What a published round left open, as one replica remembers it. What others have taken since
    is found out when a place is to be given."""

    def __init__(self, kept: KeptRound, left: LeftOpen) -> None:
        parts = [round_input(each, left.policy, left.held_on) for each in left.inputs]
        given = replace(parts[0], mentors=tuple(m for part in parts for m in part.mentors))
        prices = json.loads(left.prices)
        self.kept, self.policy, self._room = kept, left.policy, given.caps
        self.places = ResidualPlaces(given, NamedDuals(prices["mentors"], prices["associations"]))

    async def room(self, arrivals: Arrivals) -> dict[str, int]:
        """Association → the pairs it may still make under the cap of this round."""
        answered = await arrivals.count_by_association(self.kept.round_id)
        return {name: most - answered.get(name, 0) for name, most in self._room.items()}


async def answer_some(open_round: ResidualRound, tx: Transaction) -> Sequence[Answer]:
    """Answer some of those who came. Nobody: none has come, another replica is at it, or the round
    may no longer answer. Whoever lost a place just now is looked at again by the next call."""
    arrivals, round_id = Arrivals(tx.connection), open_round.kept.round_id
    if not await arrivals.hold(open_round.kept):
        return ()
    inputs = await arrivals.newcomers(round_id, AT_ONCE)
    came = round_input(inputs, open_round.policy, tx.now.astimezone(PARIS).date())
    room = await open_round.room(arrivals)
    wanted = _choose_places(open_round.places, came, room)
    good = await _verify(open_round, came, wanted, room, arrivals)
    made = await _publish(round_id, good, came.policy.weights, tx)
    _leave(open_round.places, wanted, made)
    unplaced = {one.id for one in came.mentees} - {pair.mentee_id for pair in wanted}
    looked_at = [*map(UUID, unplaced), *(pair.request_id for pair in made)]
    return await arrivals.note(round_id, looked_at, [pair.pair_id for pair in made], tx.now)


def _choose_places(places: ResidualPlaces, came: RoundInput, room: dict[str, int]) -> list[Pair]:
    """The best open place for each, in the order they came; it is taken at once."""
    places.limit(room)
    met: dict[str, set[str]] = {}
    for mentee_id, mentor_id in came.past:
        met.setdefault(mentee_id, set()).add(mentor_id)
    wanted = []
    for mentee in came.mentees:
        pair = places.best_place(mentee, came.at, met.get(mentee.id, ()))
        if pair is not None:
            places.take(pair.mentor_id)
            wanted.append(pair)
    return wanted


async def _verify(
    open_round: ResidualRound,
    came: RoundInput,
    wanted: Sequence[Pair],
    room: dict[str, int],
    arrivals: Arrivals,
) -> Sequence[Pair]:
    """Those that break no rule, by what the store holds now; their mentors are held."""
    mentor_ids = [UUID(pair.mentor_id) for pair in wanted]
    inputs = await arrivals.still_open(open_round.kept.round_id, mentor_ids)
    current = round_input(inputs, open_round.policy, came.at)
    capped = tuple(Association(name, most) for name, most in room.items())
    check = PairCheck(replace(came, mentors=current.mentors, associations=capped))
    broken = tuple(check.violations([check.look_at(pair) for pair in wanted]))
    for violation in broken:
        if violation.rule not in LATE:
            log.error("arrival.refused", rule=violation.rule, request_id=violation.mentee_id)
    bad = {violation.mentee_id for violation in broken}
    return [pair for pair in wanted if pair.mentee_id not in bad]


async def _publish(
    round_id: UUID, good: Sequence[Pair], weights: Weights, tx: Transaction
) -> Sequence[MadePair]:
    """The pairs that stand, made and published."""
    made: list[MadePair] = []
    proposed = [pair_data(pair) for pair in good]
    for batch in make_batches(proposed, [_explain(p, weights) for p in good], AT_ONCE):
        made.extend((await publish_batch(round_id, batch, tx))[0])
    return made


def _explain(pair: Pair, weights: Weights) -> Explanation:
    reasons = reasons_for(pair.components, weights)
    return Explanation(pair.mentee_id, pair.mentor_id, pair.score, pair.components, reasons)


def _leave(places: ResidualPlaces, wanted: Sequence[Pair], made: Sequence[MadePair]) -> None:
    """A mentor whose place could not be given has none as we remember them: the next look goes
    past them."""
    stands = {str(pair.request_id) for pair in made}
    for pair in wanted:
        if pair.mentee_id not in stands:
            places.close(pair.mentor_id)
