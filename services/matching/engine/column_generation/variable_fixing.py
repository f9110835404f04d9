"""The deciding model: PuLP over the pairs that survive the proof.

With a round worth L and a bound U over all rounds, a pair whose own slack (what it misses, at the
bound's prices, of the best its mentee could have) is more than U - L is in no round better than L:
reduced-cost fixing (G. B. Dantzig, R. Fulkerson and S. Johnson, Operations Research 2, 1954). What
remains is small enough to be stated pair by pair.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.round_input import RoundUnsolved
from services.matching.engine.column_generation.column_pool import ColumnPool
from services.matching.engine.column_generation.generation import GenerationResult
from services.matching.engine.column_generation.restricted_master import FlowMaster
from services.matching.engine.instance import Instance
from services.matching.engine.mip import RoundModel
from services.matching.engine.mip_solver import best_solver
from services.matching.engine.objective import Objective, build_query
from services.matching.engine.pairs import Pairs, best_of_each, concatenate, merge, sort_pairs, take

SURVIVORS_EACH, COLUMNS_EACH = 8, 40
"""Where many people are alike, pairs of one value are without number: once the proof leaves nothing
open that counts, 8 a mentee will do beside the pairs made. Up to 40 are looked at in any case."""

MOST_SURVIVORS = 400_000
"""Pairs that the solver can be given."""

CLOSED = 1e-6
"""What a proof may leave open and still be one, relative to the pairs made."""

_ROUNDING = 1e-7


class TiesNotEnumerated(Exception):
    """So many pairs are as good as one another that not all of them can be looked at: which round
    is preferred would depend on the way it was found."""


def decide_among_survivors(
    column_pool: ColumnPool,
    best: GenerationResult,
    floors: Iterable[tuple[str, int]],
    alone: bool = False,
) -> Pairs:
    """The best pairs of all, with as many pairs as `best` has and these floors held.

    Raises RoundUnsolved when too much is left open, which only crossing floors can do. `alone`:
    no other of the rounds as good will do; raises TiesNotEnumerated when that cannot be told.
    """
    floors, survivors = tuple(floors), _survivors(column_pool, best)
    flow = _flow_of(best, floors)
    if alone and (flow is None or not survivors.complete):
        raise TiesNotEnumerated
    if not len(survivors.pairs):
        return survivors.pairs
    known = best.pairs if flow is None else flow.break_ties(best.columns, survivors.pairs)
    return _better(
        replace(best.objective, bonus=0.0),
        _solve_survivors(column_pool, best, survivors, floors),
        known,
    )


def _flow_of(best: GenerationResult, floors: Sequence[tuple[str, int]]) -> FlowMaster | None:
    """The flow that holds all the floors, and so can tell which equals keep them; None where a
    program holds them, or nothing does because they were kept by themselves."""
    flow = best.master
    return (
        flow if isinstance(flow, FlowMaster) and len(floors) == len(best.objective.floors) else None
    )


def _solve_survivors(
    column_pool: ColumnPool,
    best: GenerationResult,
    survivors: "Candidates",
    floors: Iterable[tuple[str, int]],
) -> Pairs:
    """What the model says: the pairs that are sure, and those it chooses of the others."""
    sure, asked = (take(survivors.pairs, mark) for mark in (survivors.fixed, survivors.free))
    model = RoundModel(column_pool.index.pool, asked, best_solver(), sure)
    if best.objective.bonus:
        model.hold_pairs(len(best.pairs))
    for public, least in floors:
        model.hold_floor(public, least)
    values = replace(best.objective, bonus=0.0)
    chosen = take(asked, model.maximise(values.of(asked)).chosen)
    return sort_pairs(concatenate([sure, chosen]))


def _better(values: Objective, decided: Pairs, preferred: Pairs) -> Pairs:
    """What the model has decided, where that is better; of equals, the round preferred. A solver
    stops within its tolerance, which may be below what is known already."""
    value = [fsum(values.of(pairs).tolist()) for pairs in (decided, preferred)]
    return decided if value[0] > value[1] + CLOSED / 1000 else preferred


@dataclass(frozen=True)
class Candidates:
    """The pairs that a round as good as the best could hold, and those of the best.

    `sure`: made in every such round. `asked`: neither sure nor left without a place by those that
    are. `all_told`: no survivor was left out.
    """

    pairs: Pairs
    fixed: NDArray[np.bool_]
    free: NDArray[np.bool_]
    complete: bool


def _survivors(column_pool: ColumnPool, best: GenerationResult) -> Candidates:
    """Raises RoundUnsolved when there are too many, though something that counts is open."""
    pool = column_pool.index.pool
    left_open, people = best.duality_gap(pool), len(pool.mentees)
    asked = build_query(pool, best.objective, best.solved.prices)
    gain, loss = asked.best_surplus(best.columns), left_open + _ROUNDING
    each = max(COLUMNS_EACH, MOST_SURVIVORS // max(1, people))
    candidates = column_pool.above(asked, gain - loss, each)
    full = bool((np.bincount(candidates.mentee, minlength=1) >= each).any())
    too_many = full or len(candidates) > MOST_SURVIVORS
    if too_many and left_open > CLOSED * max(1.0, len(best.pairs)):
        raise RoundUnsolved("des planchers qui se croisent laissent trop de couples à départager.")
    if too_many:
        candidates = best_of_each(candidates, asked.surplus(candidates), SURVIVORS_EACH)
    alive = merge([candidates, best.pairs], len(pool.mentors))
    sure, possible = _fix_and_filter(pool, alive, gain > loss)
    return Candidates(alive, sure, possible & ~sure, not too_many)


def _fix_and_filter(
    pool: Instance, alive: Pairs, served: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which survivors are sure, and which are possible at all.

    A mentee who could lose more than is open is `served` in every round as good; with one survivor
    left, it is that one. Once such pairs fill a mentor, the mentor's others are possible no more,
    which may leave somebody else with one.
    """
    possible = np.ones(len(alive), dtype=bool)
    while True:
        alone = np.bincount(alive.mentee[possible], minlength=len(served)) == 1
        sure = possible & (alone & served)[alive.mentee]
        taken = np.bincount(alive.mentor[sure], minlength=len(pool.mentors))
        full = taken >= pool.mentor_side.capacity
        lost = possible & ~sure & full[alive.mentor]
        if not lost.any():
            return sure, possible
        possible &= ~lost
