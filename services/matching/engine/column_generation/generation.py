"""Offers that grow until no pair of the pool could better the round: column generation.

P. C. Gilmore and R. E. Gomory, "A linear programming approach to the cutting-stock problem",
Operations Research 9 (1961), for a flow: solve over the offers in play, price *all* pairs at the
prices found, bring in those that gain, and again. When none gains, the prices prove the optimum
over all pairs, though hardly any was ever in play.
"""

from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from services.matching.domain.round import RoundUnsolved
from services.matching.engine.column_generation.column_pool import Outlook, at
from services.matching.engine.column_generation.lp_master import ModelledPlacement
from services.matching.engine.column_generation.objective import (
    Aim,
    HeldFloor,
    Solved,
    caps_of,
    priced,
)
from services.matching.engine.column_generation.restricted_master import Placement, crossing
from services.matching.engine.eligibility import Pairs, together
from services.matching.engine.instance import Pool

MORE_OFFERS = 20
"""Offers brought in at a time to each mentee who could gain."""

MOST_TURNS = 400


@dataclass(frozen=True)
class Grown:
    """The optimum of an aim over all pairs, the offers that it took to find it, and their
    placement."""

    aim: Aim
    offers: Pairs
    solved: Solved
    placement: Placement | ModelledPlacement

    @property
    def made(self) -> Pairs:
        """The pairs that are made."""
        return at(self.offers, self.solved.made)

    def open(self, pool: Pool) -> float:
        """What the prices leave open: the bound over all pairs less the value of those made."""
        prices, caps = self.solved.prices, caps_of(pool)
        held = zip(self.aim.floors, prices.floors.tolist(), strict=True)
        bound = fsum(
            [
                *(prices.mentors * pool.mentor_side.capacity).tolist(),
                *np.where(caps >= 0, prices.associations * caps, 0.0).tolist(),
                *(-floor.least * price for floor, price in held),
                *priced(pool, self.aim, prices).best_left(self.offers).tolist(),
            ]
        )
        return max(bound - fsum(self.aim.of(self.made).tolist()), 0.0)


def grow(outlook: Outlook, aim: Aim, offers: Pairs) -> Grown:
    """The optimum of an aim, from some offers. Raises RoundUnsolved if it does not settle."""
    pool = outlook.market.pool
    placement = (ModelledPlacement if crossing(aim.floors) else Placement)(pool, aim)
    return _grown(outlook, aim, offers, placement, placement.begin(offers))


def hold(outlook: Outlook, grown: Grown, floors: tuple[HeldFloor, ...]) -> Grown:
    """The optimum once the floors of a flow, which asked for nobody, ask for so many."""
    if not isinstance(grown.placement, Placement):
        raise TypeError("only a flow can be held to its floors")
    solved = grown.placement.hold(floors)
    aim = replace(grown.aim, floors=floors)
    return _grown(outlook, aim, grown.offers, grown.placement, solved)


def _grown(
    outlook: Outlook,
    aim: Aim,
    offers: Pairs,
    placement: Placement | ModelledPlacement,
    solved: Solved,
) -> Grown:
    for _turn in range(MOST_TURNS):
        asked = priced(outlook.market.pool, aim, solved.prices)
        more = outlook.gaining(asked, offers, MORE_OFFERS)
        if not len(more):
            return Grown(aim, offers, placement.finish(offers), placement)
        offers, solved = together([offers, more]), placement.more(more)
    raise RoundUnsolved("les prix ne se stabilisent pas.")
