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
from services.matching.engine.column_generation.column_pool import ColumnPool, take
from services.matching.engine.column_generation.lp_master import LpMaster
from services.matching.engine.column_generation.objective import (
    FloorConstraint,
    Objective,
    Solved,
    build_query,
    caps_of,
)
from services.matching.engine.column_generation.restricted_master import FlowMaster, crossing
from services.matching.engine.eligibility import Pairs, concatenate
from services.matching.engine.instance import Instance

COLUMNS_PER_TURN = 20
"""Offers brought in at a time to each mentee who could gain."""

MOST_TURNS = 400


@dataclass(frozen=True)
class GenerationResult:
    """The optimum of an aim over all pairs, the offers that it took to find it, and their
    placement."""

    objective: Objective
    columns: Pairs
    solved: Solved
    master: FlowMaster | LpMaster

    @property
    def pairs(self) -> Pairs:
        """The pairs that are made."""
        return take(self.columns, self.solved.made)

    def duality_gap(self, pool: Instance) -> float:
        """What the prices leave open: the bound over all pairs less the value of those made."""
        prices, caps = self.solved.prices, caps_of(pool)
        held = zip(self.objective.floors, prices.floors.tolist(), strict=True)
        bound = fsum(
            [
                *(prices.mentors * pool.mentor_side.capacity).tolist(),
                *np.where(caps >= 0, prices.associations * caps, 0.0).tolist(),
                *(-floor.least * price for floor, price in held),
                *build_query(pool, self.objective, prices).best_surplus(self.columns).tolist(),
            ]
        )
        return max(bound - fsum(self.objective.of(self.pairs).tolist()), 0.0)


def generate(column_pool: ColumnPool, objective: Objective, columns: Pairs) -> GenerationResult:
    """The optimum of an aim, from some offers. Raises RoundUnsolved if it does not settle."""
    pool = column_pool.index.pool
    placement = (LpMaster if crossing(objective.floors) else FlowMaster)(pool, objective)
    return _run(column_pool, objective, columns, placement, placement.begin(columns))


def add_floor_constraints(
    column_pool: ColumnPool, grown: GenerationResult, floors: tuple[FloorConstraint, ...]
) -> GenerationResult:
    """The optimum once the floors of a flow, which asked for nobody, ask for so many."""
    if not isinstance(grown.master, FlowMaster):
        raise TypeError("only a flow can be held to its floors")
    solved = grown.master.set_floors(floors)
    objective = replace(grown.objective, floors=floors)
    return _run(column_pool, objective, grown.columns, grown.master, solved)


def _run(
    column_pool: ColumnPool,
    objective: Objective,
    columns: Pairs,
    placement: FlowMaster | LpMaster,
    solved: Solved,
) -> GenerationResult:
    for _turn in range(MOST_TURNS):
        asked = build_query(column_pool.index.pool, objective, solved.prices)
        more = column_pool.improving_columns(asked, columns, COLUMNS_PER_TURN)
        if not len(more):
            return GenerationResult(objective, columns, placement.solve(columns), placement)
        columns, solved = concatenate([columns, more]), placement.add_columns(more)
    raise RoundUnsolved("les prix ne se stabilisent pas.")
