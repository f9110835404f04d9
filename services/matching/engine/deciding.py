"""The deciding model: PuLP over the pairs that survive the proof.

With a round worth L and a bound U over all rounds, a pair whose own slack (what it misses, at the
bound's prices, of the best its mentee could have) is more than U - L is in no round better than L:
reduced-cost fixing (G. B. Dantzig, R. Fulkerson and S. Johnson, Operations Research 2, 1954). What
remains is small enough to be stated pair by pair.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import fsum

import numpy as np

from services.matching.domain.round import RoundUnsolved
from services.matching.engine.aim import Aim
from services.matching.engine.appraisal import Question, best_offers
from services.matching.engine.growth import Grown, priced
from services.matching.engine.model import RoundModel
from services.matching.engine.outlook import at, united
from services.matching.engine.pairing import Pairs
from services.matching.engine.shelves import Market
from services.matching.engine.solver import best_solver

SURVIVORS_EACH = 8
"""Where many people are alike, pairs of one value are without number: so many a mentee will do,
beside the pairs made, once the proof leaves nothing open that counts."""

MOST_SURVIVORS = 400_000
"""Pairs that the solver can be given."""

CLOSED = 1e-6
"""What a proof may leave open and still be one, relative to the pairs made."""

_ROUNDING = 1e-7


def decide_among_survivors(market: Market, best: Grown, floors: Iterable[tuple[str, int]]) -> Pairs:
    """The best pairs of all, with as many pairs as `best` has and these floors held.

    Raises RoundUnsolved when too much is left open, which only crossing floors can do.
    """
    alive = _survivors(market, best)
    if not len(alive):
        return alive
    model = RoundModel(market.pool, alive, best_solver())
    if best.aim.bonus:
        model.hold_pairs(len(best.made))
    for public, least in floors:
        model.hold_floor(public, least)
    values = replace(best.aim, bonus=0.0)
    made = np.zeros(len(alive), dtype=bool)
    made[model.maximise(values.of(alive)).chosen] = True
    return _better(values, at(alive, made), best.made)


def _better(values: Aim, one: Pairs, other: Pairs) -> Pairs:
    """A solver stops within its tolerance, which may be below what is known already."""
    worth = [fsum(values.of(pairs).tolist()) for pairs in (one, other)]
    return one if worth[0] >= worth[1] else other


def _survivors(market: Market, best: Grown) -> Pairs:
    """The pairs that a round as good as `best` could hold, and those of `best`."""
    left_open = best.open(market.pool)
    asked = priced(market.pool, best.aim, best.solved.prices)
    least = asked.best_left(best.offers) - left_open - _ROUNDING
    closed = left_open <= CLOSED * max(1.0, len(best.made))
    each = SURVIVORS_EACH if closed else MOST_SURVIVORS // max(1, len(least)) + 1
    question = Question(asked.base, asked.price, least, each, asked.worth)
    found = best_offers(market, question).offers
    full = bool((np.bincount(found.mentee, minlength=1) >= each).any())
    if full and not closed:
        raise RoundUnsolved("des planchers qui se croisent laissent trop de couples à départager.")
    return united(market, found, best.made)
