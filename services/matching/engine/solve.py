"""The entrypoint of the engine: a round in, the best pairs and their proof out."""

import time
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.explanation import Explanation, reasons_for
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import FloorServed, Pair, RoundResult
from services.matching.domain.score import components_of
from services.matching.engine.certificate import certify
from services.matching.engine.column_generation.solver import Solution, decide_nationally
from services.matching.engine.duals import ListedPairs
from services.matching.engine.eligibility import iter_eligible_pairs
from services.matching.engine.instance import Instance, pool_of
from services.matching.engine.lexicographic import Decision, decide
from services.matching.engine.pairs import Pairs, concatenate, sort_pairs
from services.matching.engine.waiting_reasons import waiting_reasons

Step = Literal["gates", "optimum", "proof", "explanations"]
MOST_LISTED = 20_000
"""Permitted pairs up to which all are listed and stated in PuLP as they are; beyond it, only those
that survive a proof are. Both give the same optimum (a test holds them together)."""


def _ignore_step(step: Step) -> None:
    """Nobody follows the steps of this round."""


def solve(
    given: RoundInput,
    on_step: Callable[[Step], None] = _ignore_step,
    explain: bool = True,
    most_listed: int = MOST_LISTED,
    warm_duals: NamedDuals | None = None,
) -> RoundResult:
    """The best round for what is given, proved and, unless told otherwise, explained.

    `warm_duals` are the prices that an earlier round of about the same people has left: a large
    round is found sooner from them, and is the same round to the last pair.

    Pure: the same input gives the same pairs, whatever the order of its people. Arguments and
    result can be pickled, so it may run in a process of its own; `on_step` is called with each step
    as it begins. Raises RoundUnsolved if the solver finds no optimum, which no input should cause.
    """
    start = time.perf_counter()
    on_step("gates")
    pool = pool_of(given)
    listed = _list_pairs(pool, most_listed)
    on_step("optimum")
    round_ = decide_nationally(pool, warm_duals) if listed is None else _decide_listed(pool, listed)
    on_step("proof")
    certificate = certify(given, pool, round_.pairs, round_.decision, round_.pricing)
    if explain:
        on_step("explanations")
    made = tuple(_iter_pairs(pool, round_.pairs, round_.decision))
    score = certificate.score
    closed = score.proved_by == "branch_and_bound"
    return RoundResult(
        pairs=made,
        score=score.value,
        bound=score.value if closed else score.bound,
        gap=0.0 if closed else score.gap,
        permitted=round_.permitted,
        floors=tuple(
            FloorServed(floor.public, floor.wanted, floor.served)
            for floor in certificate.floors or ()
        ),
        price_of_fairness=certificate.price_of_fairness,
        explanations=tuple(_iter_explanations(pool, made)) if explain else (),
        certificate=certificate,
        seconds=time.perf_counter() - start,
    )


def _decide_listed(pool: Instance, pairs: Pairs) -> Solution:
    return Solution(pairs, decide(pool, pairs), ListedPairs(pairs), len(pairs))


def _list_pairs(pool: Instance, most: int) -> Pairs | None:
    """The permitted pairs, unless they are too many to be listed."""
    blocks, count = [], 0
    for block in iter_eligible_pairs(pool):
        blocks.append(block)
        count += len(block)
        if count > most:
            return None
    return sort_pairs(concatenate(blocks))


def _iter_pairs(pool: Instance, pairs: Pairs, decision: Decision) -> Iterator[Pair]:
    for place in decision.best.chosen.tolist():
        mentee = pool.mentees[pairs.mentee[place]]
        mentor = pool.mentors[pairs.mentor[place]]
        components = components_of(mentee, mentor, pool.terms.at)
        yield Pair(mentee.id, mentor.id, float(pairs.score[place]), components)


def _iter_explanations(pool: Instance, made: tuple[Pair, ...]) -> Iterator[Explanation]:
    pair_of = {pair.mentee_id: pair for pair in made}
    left_out = [place for place, m in enumerate(pool.mentees) if m.id not in pair_of]
    blocked = waiting_reasons(pool, np.array(left_out, dtype=np.int32))
    for mentee in pool.mentees:
        pair = pair_of.get(mentee.id)
        if pair is None:
            yield Explanation(mentee.id, blocking=next(blocked))
        else:
            reasons = reasons_for(pair.components, pool.terms.policy.weights)
            yield Explanation(mentee.id, pair.mentor_id, pair.score, pair.components, reasons)
