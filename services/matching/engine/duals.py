"""Dual prices, what a place costs at them, and the bound that they prove: the formulas, once.

With prices v_j of mentors, a_k of associations, f_p of floors and μ of the number of pairs, a pair
(i, j) costs v_j + a_k(j) for its place and F_i = Σ_{p ∋ i} f_p is credited to its mentee. Its
mentee's surplus is at most

    s_i = max(0, max_j (c_ij - μ - v_j - a_k(j) + F_i))

and no round of M pairs that keeps each floor's K_p is worth more than

    μ·M + Σ_j capacity_j·v_j + Σ_k cap_k·a_k - Σ_p K_p·f_p + Σ_i s_i

(weak duality; the notation is that of `docs/matching.md`). The verifier has formulas of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import NamedDuals
from services.matching.engine.instance import Instance, caps_of, of_public
from services.matching.engine.pairs import Pairs


@dataclass(frozen=True)
class FloorConstraint:
    """At least `least` of the mentees marked in `members` are served."""

    public: str
    members: NDArray[np.bool_]
    least: int


@dataclass(frozen=True)
class Duals:
    """Dual prices as arrays: v_j by mentor, a_k by association, f_p by floor, all ≥ 0.

    `pairs` is μ, the price of a pair itself, 0 while the bonus is part of a pair's value.
    """

    mentors: NDArray[np.float64]
    associations: NDArray[np.float64]
    floors: NDArray[np.float64]
    pairs: float = 0.0

    def place_costs(self, instance: Instance) -> NDArray[np.float64]:
        """v_j + a_k(j) of each mentor."""
        shared = np.append(self.associations, 0.0)  # the last one: of no association
        return np.asarray(self.mentors + shared[instance.mentor_side.association])

    def floor_credit(self, floors: Sequence[FloorConstraint], mentees: int) -> NDArray[np.float64]:
        """F_i of each mentee."""
        total = np.zeros(mentees)
        for floor, price in zip(floors, self.floors.tolist(), strict=True):
            total += price * floor.members
        return total

    def compute_bound(
        self,
        instance: Instance,
        floors: Sequence[FloorConstraint],
        pairs: int,
        surplus: NDArray[np.float64],
    ) -> float:
        """The most that any round of so many pairs can be worth, from s_i of each mentee.

        `pairs` counts only where a pair has a price.
        """
        caps = caps_of(instance)
        return fsum(
            [
                self.pairs * pairs,
                *(self.mentors * instance.mentor_side.capacity).tolist(),
                *np.where(caps >= 0, self.associations * caps, 0.0).tolist(),
                *(-f.least * price for f, price in zip(floors, self.floors.tolist(), strict=True)),
                *surplus.tolist(),
            ]
        )


def duals_by_place(
    instance: Instance, named: NamedDuals, floors: Sequence[FloorConstraint] = ()
) -> Duals:
    """The prices of a certificate, as arrays over the people of an instance; 0 for who has none."""
    return Duals(
        mentors=_to_array(named.mentors, [mentor.id for mentor in instance.mentors]),
        associations=_to_array(named.associations, instance.associations),
        floors=_to_array(named.floors, [floor.public for floor in floors]),
        pairs=named.pairs,
    )


def floor_constraints(
    instance: Instance, required: Mapping[str, int]
) -> tuple[FloorConstraint, ...]:
    """The floors of these publics, each with the count that it asks for."""
    return tuple(
        FloorConstraint(public, of_public(instance, public), least)
        for public, least in required.items()
    )


def _to_array(prices: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([prices.get(name, 0.0) for name in names], dtype=np.float64)


@dataclass(frozen=True)
class PricingQuery:
    """What pairs are priced at: a pair's surplus is base_i + score_weight·score_ij - place_cost_j.

    `base` holds, of each mentee, all of the formula that does not depend on the mentor.
    """

    base: NDArray[np.float64]
    score_weight: float
    place_cost: NDArray[np.float64]

    def surplus(self, pairs: Pairs) -> NDArray[np.float64]:
        """The surplus of each pair."""
        value = self.base[pairs.mentee] + self.score_weight * pairs.score
        return np.asarray(value - self.place_cost[pairs.mentor])

    def best_surplus(self, pairs: Pairs) -> NDArray[np.float64]:
        """The greatest surplus of each mentee among some pairs, at least 0."""
        best = np.zeros(len(self.base))
        np.maximum.at(best, pairs.mentee, self.surplus(pairs))
        return best


class Pricing(Protocol):
    """All permitted pairs, ready to be priced."""

    def max_surplus(self, query: PricingQuery) -> NDArray[np.float64]:
        """s_i of each mentee."""
        ...


class ListedPairs:
    """All permitted pairs in a list: for few; a `ColumnPool` gives the same numbers for many."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    def max_surplus(self, query: PricingQuery) -> NDArray[np.float64]:
        """s_i of each mentee among the listed pairs; shape (mentees,)."""
        return query.best_surplus(self._pairs)
