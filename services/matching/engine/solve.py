"""The one door of the engine: a round in, the best pairs and their proof out."""

import time
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

from services.matching.domain.explanation import Explanation, reasons_for
from services.matching.domain.round import FloorServed, Pair, RoundInput, RoundResult, RoundUnsolved
from services.matching.domain.score import components_of
from services.matching.engine.blocking import blockings
from services.matching.engine.certificate import certify
from services.matching.engine.pairing import Pairs, permitted_blocks, together
from services.matching.engine.pool import Pool, pool_of
from services.matching.engine.stages import Decision, decide

Step = Literal["gates", "optimum", "proof", "explanations"]
MOST_PAIRS = 1_000_000
"""Permitted pairs beyond which the plain model would fill the memory (about 1.6 kB a pair)."""


def _unwatched(step: Step) -> None:
    """Nobody follows the steps of this round."""


def solve(given: RoundInput, on_step: Callable[[Step], None] = _unwatched) -> RoundResult:
    """The best round for what is given, proved and explained.

    Pure: the same input gives the same pairs, whatever the order of its people. Arguments and
    result can be pickled, so it may run in a process of its own; `on_step` hears each step as it
    begins. Raises RoundUnsolved beyond `MOST_PAIRS` permitted pairs, and if the solver finds no
    optimum, which no input should cause.
    """
    start = time.perf_counter()
    on_step("gates")
    pool = pool_of(given)
    pairs = _weighable(pool)
    on_step("optimum")
    decision = decide(pool, pairs)
    on_step("proof")
    certificate = certify(given, pool, pairs, decision)
    on_step("explanations")
    made = tuple(_made(pool, pairs, decision))
    score = certificate.score
    closed = score.proved_by == "branch_and_bound"
    return RoundResult(
        pairs=made,
        score=score.value,
        bound=score.value if closed else score.bound,
        gap=0.0 if closed else score.gap,
        permitted=len(pairs),
        floors=tuple(
            FloorServed(floor.public, floor.wanted, floor.served)
            for floor in certificate.floors or ()
        ),
        price_of_fairness=certificate.price_of_fairness,
        explanations=tuple(_explained(pool, made)),
        certificate=certificate,
        seconds=time.perf_counter() - start,
    )


def _weighable(pool: Pool) -> Pairs:
    """The permitted pairs, unless they are more than the model can hold at once."""
    blocks, count = [], 0
    for block in permitted_blocks(pool):
        blocks.append(block)
        count += len(block)
        if count > MOST_PAIRS:
            raise RoundUnsolved(f"plus de {MOST_PAIRS} couples permis : c'est trop d'un coup.")
    return together(blocks)


def _made(pool: Pool, pairs: Pairs, decision: Decision) -> Iterator[Pair]:
    for place in decision.best.chosen.tolist():
        mentee = pool.mentees[pairs.mentee[place]]
        mentor = pool.mentors[pairs.mentor[place]]
        components = components_of(mentee, mentor, pool.terms.at)
        yield Pair(mentee.id, mentor.id, float(pairs.score[place]), components)


def _explained(pool: Pool, made: tuple[Pair, ...]) -> Iterator[Explanation]:
    pair_of = {pair.mentee_id: pair for pair in made}
    left_out = [place for place, m in enumerate(pool.mentees) if m.id not in pair_of]
    blocked = blockings(pool, np.array(left_out, dtype=np.int32))
    for mentee in pool.mentees:
        pair = pair_of.get(mentee.id)
        if pair is None:
            yield Explanation(mentee.id, blocking=next(blocked))
        else:
            reasons = reasons_for(pair.components, pool.terms.policy.weights)
            yield Explanation(mentee.id, pair.mentor_id, pair.score, pair.components, reasons)
