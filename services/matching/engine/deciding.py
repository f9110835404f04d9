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
from numpy.typing import NDArray

from services.matching.domain.round import RoundUnsolved
from services.matching.engine.aim import Aim
from services.matching.engine.growth import Grown, priced
from services.matching.engine.model import RoundModel
from services.matching.engine.outlook import Outlook, at, united
from services.matching.engine.pairing import Pairs, in_order, together
from services.matching.engine.solver import best_solver

SURVIVORS_EACH = 8
"""Where many people are alike, pairs of one value are without number: so many a mentee will do,
beside the pairs made, once the proof leaves nothing open that counts."""

MOST_SURVIVORS = 400_000
"""Pairs that the solver can be given."""

CLOSED = 1e-6
"""What a proof may leave open and still be one, relative to the pairs made."""

_ROUNDING = 1e-7


def decide_among_survivors(
    outlook: Outlook, best: Grown, floors: Iterable[tuple[str, int]]
) -> Pairs:
    """The best pairs of all, with as many pairs as `best` has and these floors held.

    Raises RoundUnsolved when too much is left open, which only crossing floors can do.
    """
    alive, sure = _survivors(outlook, best)
    if not len(alive):
        return alive
    settled, open_ = at(alive, sure), at(alive, ~sure)
    model = RoundModel(outlook.market.pool, open_, best_solver(), settled)
    if best.aim.bonus:
        model.hold_pairs(len(best.made))
    for public, least in floors:
        model.hold_floor(public, least)
    values = replace(best.aim, bonus=0.0)
    chosen = at(open_, model.maximise(values.of(open_)).chosen)
    decided = in_order(together([settled, chosen]))
    return _better(values, decided, best.placement.preferred(best.offers, alive))


def _better(values: Aim, decided: Pairs, preferred: Pairs) -> Pairs:
    """What the model has decided, where that is better; of equals, the round preferred. A solver
    stops within its tolerance, which may be below what is known already."""
    worth = [fsum(values.of(pairs).tolist()) for pairs in (decided, preferred)]
    return decided if worth[0] > worth[1] + CLOSED / 1000 else preferred


def _survivors(outlook: Outlook, best: Grown) -> tuple[Pairs, NDArray[np.bool_]]:
    """The pairs that a round as good as `best` could hold, and those of `best`; which of them are
    sure, because their mentee has no other and could lose more than is open."""
    pool = outlook.market.pool
    left_open = best.open(pool)
    asked = priced(pool, best.aim, best.solved.prices)
    gain, loss = asked.best_left(best.offers), left_open + _ROUNDING
    least = gain - loss
    closed = left_open <= CLOSED * max(1.0, len(best.made))
    each = SURVIVORS_EACH if closed else MOST_SURVIVORS // max(1, len(least)) + 1
    found = outlook.above(asked, least, each)
    full = bool((np.bincount(found.mentee, minlength=1) >= each).any())
    if full and not closed:
        raise RoundUnsolved("des planchers qui se croisent laissent trop de couples à départager.")
    alive = united(outlook.market, found, best.made)
    alone = np.bincount(alive.mentee, minlength=len(gain)) == 1
    return alive, (alone & (gain > loss))[alive.mentee]
