"""A round over some offers as a flow: who is placed where, at the least cost.

Every mentee sends one unit, either by an offer to a mentor, which earns the value of the pair, or
past all of them; see `layout`. Publics that cross have no place in a flow (see `crossing`).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.column_pool import at, numbered
from services.matching.engine.column_generation.dual_centering import middle
from services.matching.engine.column_generation.flow_network import Layout, Numbers
from services.matching.engine.column_generation.network_simplex import LARGEST, Simplex
from services.matching.engine.column_generation.objective import (
    Aim,
    HeldFloor,
    PlacePrices,
    Solved,
    caps_of,
    priced,
)
from services.matching.engine.column_generation.spanning_tree import BOUNDLESS, Arcs
from services.matching.engine.column_generation.tie_breaking import whims
from services.matching.engine.eligibility import Pairs, in_order, together
from services.matching.engine.instance import Pool

FINEST = 1 << 36
"""Whole units of cost in a score of 1: finer than any two scores of a policy are apart in practice,
and no more than 64 bits can hold for a whole country."""

ROUNDED_OFF = 64
"""Whole units of cost that rounding may add up to along a chain of people who move over."""

FAR = 0.1
"""How far from where a flow leaves them prices are moved towards the middle, in points of score."""


def crossing(floors: Sequence[HeldFloor]) -> bool:
    """Do two publics share people without one being inside the other?"""
    return any(
        bool((a & b).any() and (a & ~b).any() and (b & ~a).any())
        for a, b in combinations([floor.members for floor in floors], 2)
    )


class Placement:
    """Places the mentees of a pool for one aim, over offers that grow."""

    def __init__(self, pool: Pool, aim: Aim) -> None:
        self._pool, self._aim = pool, aim
        self._layout = Layout(pool, aim)
        self._unit = _unit(self._layout, aim)

    def begin(self, offers: Pairs) -> Solved:
        """The optimum over some offers."""
        dear = round(2 * (self._aim.bonus + 2) * self._unit)
        self._simplex = Simplex(
            self._layout.arcs(dear).followed_by(self._arcs(offers)),
            self._layout.first_tree(),
            self._layout.end,
        )
        return self._settled()

    def more(self, offers: Pairs) -> Solved:
        """The optimum once these offers have come in too."""
        self._simplex.add(self._arcs(offers))
        return self._settled()

    def hold(self, floors: tuple[HeldFloor, ...]) -> Solved:
        """The optimum once the floors of the aim, which asked for nobody, ask for so many."""
        self._aim = replace(self._aim, floors=floors)
        self._layout = Layout(self._pool, self._aim)
        for arc, floor in enumerate(floors, start=self._layout.floors.start):
            unserved = int(floor.members.sum()) - floor.least
            self._simplex.narrow(arc, unserved, self._layout.beyond(arc))
        return self._settled()

    def finish(self, offers: Pairs) -> Solved:
        """A flow is whole already; its prices are moved to the middle of those that prove it, and
        lose what rounding left to those not placed.

        Who is not placed gains nothing at true prices. Where a hundred thousand wait for the same
        few places, what whole costs round off would add up; a dear place made dearer by as much
        takes it from everybody, and gives it back with the place. Counts are whole from the start.
        """
        made = self._made()
        if not self._aim.worth:
            return Solved(made, self._prices(self._simplex.tree.potential))
        prices = self._prices(self._middle())
        left = priced(self._pool, self._aim, prices).best_left(offers)
        left[offers.mentee[made]] = 0.0
        stray = min(float(left.max(initial=0.0)), ROUNDED_OFF / self._unit)
        shared = prices.associations > 0
        alone = (prices.mentors > 0) & ~np.append(shared, False)[self._pool.mentor_side.association]
        dearer = replace(
            prices,
            mentors=prices.mentors + stray * alone,
            associations=prices.associations + stray * shared,
        )
        return Solved(made, dearer)

    def preferred(self, offers: Pairs, others: Pairs) -> Pairs:
        """The pairs of the one round that a whim prefers to all as good.

        Which round that is depends on the people alone, not on the way the optimum was found, when
        every pair that an optimum could hold is among the offers and the others.
        """
        new = at(others, ~np.isin(numbered(self._pool, others), numbered(self._pool, offers)))
        self.more(new)
        offers = together([offers, new])
        cost = np.zeros(self._layout.offers + len(offers), np.int64)
        cost[self._layout.offers :] = whims(offers)
        self._simplex.settle_ties(cost)
        return in_order(at(offers, self._made()))

    def _arcs(self, offers: Pairs) -> Arcs:
        value = np.rint(self._aim.of(offers) * self._unit).astype(np.int64)
        mentor = (self._layout.mentors.start + offers.mentor).astype(np.int32)
        nothing = np.zeros(len(offers), np.int64)
        return Arcs(offers.mentee, mentor, nothing + BOUNDLESS, -value, nothing)

    def _settled(self) -> Solved:
        self._simplex.settle()
        return Solved(self._made(), self._prices(self._middle()))

    def _made(self) -> NDArray[np.bool_]:
        return np.asarray(self._simplex.arcs.flow[self._layout.offers :] > 0)

    def _middle(self) -> Numbers:
        simplex = self._simplex
        return middle(
            simplex.arcs, simplex.tree.potential, self._layout.end, round(FAR * self._unit)
        )

    def _prices(self, potential: Numbers) -> PlacePrices:
        """How far each node lies below the end, never negative.

        Of an association, that is its price; what a mentor lies below that is the mentor's.
        """
        layout, number = self._layout, self._pool.mentor_side.association
        below = -potential / self._unit
        capped = caps_of(self._pool) >= 0
        shared = np.where(capped, np.maximum(below[layout.associations], 0.0), 0.0)
        own = np.maximum(below[layout.mentors] - np.append(shared, 0.0)[number], 0.0)
        floors = [layout.price_of(rank, below) for rank in range(len(self._aim.floors))]
        return PlacePrices(own, shared, np.array(floors, dtype=np.float64))


def _unit(layout: Layout, aim: Aim) -> int:
    """The finest whole unit of cost that 64 bits allow; whole numbers where no score counts."""
    if not aim.worth:
        return 1
    unit, dearest = FINEST, 2 * (aim.bonus + 3)
    while unit > 1 and unit * dearest * (layout.end + 1) > LARGEST:
        unit //= 2
    return unit
