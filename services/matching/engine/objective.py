"""What a stage of a round aims at, in the terms that every method of the engine shares.

A stage values each permitted pair at

    B + service_value_i + score_weight·score_ij

and leaves a mentee unserved at 0. `B` is so large that no better score is worth a pair less; with
it the most pairs come first by themselves. A floor is a public and the fewest of it to be served.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.duals import Duals, FloorConstraint, PricingQuery
from services.matching.engine.instance import Instance
from services.matching.engine.pairs import Pairs


@dataclass(frozen=True)
class Objective:
    """`service_value`: what serving each mentee counts beside the pair; `score_weight`: 1 or 0;
    `bonus`: B, 0 where a pair is only made when it adds score."""

    service_value: NDArray[np.float64]
    score_weight: float
    bonus: float
    floors: tuple[FloorConstraint, ...] = ()

    def of(self, columns: Pairs) -> NDArray[np.float64]:
        """c_ij of each pair."""
        base = self.bonus + self.service_value
        return np.asarray(base[columns.mentee] + self.score_weight * columns.score)


@dataclass(frozen=True)
class Solved:
    """An optimum over some columns: which are made, and the prices that prove it among them."""

    made: NDArray[np.bool_]
    prices: Duals


def build_query(pool: Instance, objective: Objective, prices: Duals) -> PricingQuery:
    """What pairs are priced at under an objective: c_ij - μ - v_j - a_k(j) + F_i."""
    base: NDArray[np.float64] = objective.bonus - prices.pairs + objective.service_value
    base = base + prices.floor_credit(objective.floors, len(pool.mentees))
    return PricingQuery(base, objective.score_weight, prices.place_costs(pool))
