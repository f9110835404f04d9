"""What a stage of a round aims at, in the terms that every method of the engine shares.

A stage values each permitted pair at

    B + counted_i + worth·score_ij

and leaves a mentee unserved at 0. `B` is so large that no better score is worth a pair less; with
it the most pairs come first by themselves. A floor is a public and the fewest of it to be served.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.duals import PricingQuery
from services.matching.engine.eligibility import Pairs
from services.matching.engine.instance import NONE, Instance


@dataclass(frozen=True)
class FloorConstraint:
    """At least `least` of the mentees marked in `members` are served."""

    public: str
    members: NDArray[np.bool_]
    least: int


@dataclass(frozen=True)
class Objective:
    """`counted`: what serving each mentee counts beside the pair; `worth`: of the score, 1 or 0;
    `bonus`: B, 0 where a pair is only made when it adds score."""

    service_value: NDArray[np.float64]
    score_weight: float
    bonus: float
    floors: tuple[FloorConstraint, ...] = ()

    def of(self, columns: Pairs) -> NDArray[np.float64]:
        """The value of each offer."""
        base = self.bonus + self.service_value
        return np.asarray(base[columns.mentee] + self.score_weight * columns.score)


@dataclass(frozen=True)
class Duals:
    """What places cost: of each mentor, of each association (by number), of each held floor.

    `pairs` is the price of a pair itself (μ), 0 while the bonus is part of the value.
    """

    mentors: NDArray[np.float64]
    associations: NDArray[np.float64]
    floors: NDArray[np.float64]
    pairs: float = 0.0

    def of_mentors(self, pool: Instance) -> NDArray[np.float64]:
        """v_j + a_k(j): what a place with each mentor costs."""
        shared = np.append(self.associations, 0.0)  # the last one: of no association
        return np.asarray(self.mentors + shared[pool.mentor_side.association])

    def credit(self, floors: Sequence[FloorConstraint], mentees: int) -> NDArray[np.float64]:
        """F_i: what the floors add to serving each mentee."""
        total = np.zeros(mentees)
        for floor, price in zip(floors, self.floors.tolist(), strict=True):
            total += price * floor.members
        return total


@dataclass(frozen=True)
class Solved:
    """An optimum over some offers: which are made, and the prices that prove it among them."""

    made: NDArray[np.bool_]
    prices: Duals


def caps_of(pool: Instance) -> NDArray[np.int64]:
    """The cap of each association by number; NONE where it has none."""
    return np.array([pool.caps.get(name, NONE) for name in pool.associations], dtype=np.int64)


def build_query(pool: Instance, objective: Objective, prices: Duals) -> PricingQuery:
    """The question that an aim puts to all pairs at some prices: c_ij - μ - v_j - a_k(j) + F_i."""
    base: NDArray[np.float64] = objective.bonus - prices.pairs + objective.service_value
    base = base + prices.credit(objective.floors, len(pool.mentees))
    return PricingQuery(base, objective.score_weight, prices.of_mentors(pool))
