"""A round over some columns as a flow: who is placed where, at the least cost.

Every mentee sends one unit, either by a column to a mentor, which earns the value of the pair, or
past all of them; see `layout`. Publics that cross have no place in a flow (see `crossing`).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.dual_centering import center_potentials
from services.matching.engine.column_generation.flow_network import FlowNetwork, Numbers
from services.matching.engine.column_generation.network_simplex import LARGEST, Simplex
from services.matching.engine.column_generation.spanning_tree import BOUNDLESS, Arcs
from services.matching.engine.column_generation.tie_breaking import tie_keys
from services.matching.engine.duals import Duals, FloorConstraint
from services.matching.engine.instance import Instance, caps_of
from services.matching.engine.objective import Objective, Solved, build_query
from services.matching.engine.pairs import Pairs, concatenate, pair_numbers, sort_pairs, take

FINEST = 1 << 36
"""Whole units of cost in a score of 1: finer than any two scores of a policy are apart in practice,
and no more than 64 bits can hold for the largest rounds."""

ROUNDED_OFF = 64
"""Whole units of cost that rounding may add up to along a chain of people who move over."""

FAR = 0.1
"""How far from where a flow leaves them prices are moved towards the middle, in points of score."""


def crossing(floors: Sequence[FloorConstraint]) -> bool:
    """Do two publics share people without one being inside the other?"""
    return any(
        bool((a & b).any() and (a & ~b).any() and (b & ~a).any())
        for a, b in combinations([floor.members for floor in floors], 2)
    )


class FlowMaster:
    """The restricted master of one objective; columns are only added."""

    def __init__(self, pool: Instance, objective: Objective) -> None:
        self._pool, self._objective = pool, objective
        self._layout = FlowNetwork(pool, objective.floors)
        self._unit = _unit(self._layout, objective)

    def begin(self, columns: Pairs) -> Solved:
        """The optimum over some columns."""
        overflow_cost = round(2 * (self._objective.bonus + 2) * self._unit)
        self._simplex = Simplex(
            self._layout.arcs(overflow_cost).append(self._arcs(columns)),
            self._layout.first_tree(),
            self._layout.end,
        )
        return self._optimize()

    def add_columns(self, columns: Pairs) -> Solved:
        """The optimum with these columns added."""
        self._simplex.add(self._arcs(columns))
        return self._optimize()

    def set_floors(self, floors: tuple[FloorConstraint, ...]) -> Solved:
        """The optimum once the floors of the aim, which asked for nobody, ask for so many."""
        self._objective = replace(self._objective, floors=floors)
        self._layout = FlowNetwork(self._pool, floors)
        for arc, floor in enumerate(floors, start=self._layout.floors.start):
            unserved = int(floor.members.sum()) - floor.least
            self._simplex.narrow(arc, unserved, self._layout.overflow_arc(arc))
        return self._optimize()

    def solve(self, columns: Pairs) -> Solved:
        """A flow is whole already; its prices are moved to the middle of those that prove it, and
        lose what rounding left to those not placed.

        Who is not placed gains nothing at true prices. Where a hundred thousand wait for the same
        few places, what whole costs round off would add up; an expensive place made more so by as
        much takes it from everybody, and gives it back with the place. Counts are whole from the
        start.
        """
        made = self._chosen_columns()
        if not self._objective.score_weight:
            return Solved(made, self._prices(self._simplex.tree.potential))
        prices = self._prices(self._center_potentials())
        left = build_query(self._pool, self._objective, prices).best_surplus(columns)
        left[columns.mentee[made]] = 0.0
        stray = min(float(left.max(initial=0.0)), ROUNDED_OFF / self._unit)
        shared = prices.associations > 0
        alone = (prices.mentors > 0) & ~np.append(shared, False)[self._pool.mentor_side.association]
        dearer = replace(
            prices,
            mentors=prices.mentors + stray * alone,
            associations=prices.associations + stray * shared,
        )
        return Solved(made, dearer)

    def break_ties(self, columns: Pairs, others: Pairs) -> Pairs:
        """The pairs of the one round that the tie keys prefer to all as good.

        Which round that is depends on the people alone, not on the way the optimum was found, when
        every pair that an optimum could hold is among the columns and the others.
        """
        mentors = len(self._pool.mentors)
        new = take(others, ~np.isin(pair_numbers(others, mentors), pair_numbers(columns, mentors)))
        self.add_columns(new)
        columns = concatenate([columns, new])
        cost = np.zeros(self._layout.first_column_arc + len(columns), np.int64)
        cost[self._layout.first_column_arc :] = tie_keys(columns)
        self._simplex.settle_ties(cost)
        return sort_pairs(take(columns, self._chosen_columns()))

    def _arcs(self, columns: Pairs) -> Arcs:
        value = np.rint(self._objective.of(columns) * self._unit).astype(np.int64)
        mentor = (self._layout.mentors.start + columns.mentor).astype(np.int32)
        nothing = np.zeros(len(columns), np.int64)
        return Arcs(columns.mentee, mentor, nothing + BOUNDLESS, -value, nothing)

    def _optimize(self) -> Solved:
        self._simplex.optimize()
        return Solved(self._chosen_columns(), self._prices(self._center_potentials()))

    def _chosen_columns(self) -> NDArray[np.bool_]:
        return np.asarray(self._simplex.arcs.flow[self._layout.first_column_arc :] > 0)

    def _center_potentials(self) -> Numbers:
        simplex = self._simplex
        return center_potentials(
            simplex.arcs, simplex.tree.potential, self._layout.end, round(FAR * self._unit)
        )

    def _prices(self, potential: Numbers) -> Duals:
        """How far each node lies below the end, never negative.

        Of an association, that is its price; what a mentor lies below that is the mentor's.
        """
        layout, number = self._layout, self._pool.mentor_side.association
        below = -potential / self._unit
        capped = caps_of(self._pool) >= 0
        shared = np.where(capped, np.maximum(below[layout.associations], 0.0), 0.0)
        own = np.maximum(below[layout.mentors] - np.append(shared, 0.0)[number], 0.0)
        floors = [layout.price_of(rank, below) for rank in range(len(self._objective.floors))]
        return Duals(own, shared, np.array(floors, dtype=np.float64))


def _unit(layout: FlowNetwork, objective: Objective) -> int:
    """The finest whole unit of cost that 64 bits allow; whole numbers where no score counts."""
    if not objective.score_weight:
        return 1
    unit, dearest = FINEST, 2 * (objective.bonus + 3)
    while unit > 1 and unit * dearest * (layout.end + 1) > LARGEST:
        unit //= 2
    return unit
