"""The deciding model, stated in PuLP: which of the given pairs to make.

    x_ij ∈ {0, 1}                      pair (i, j) is made
    Σ_j x_ij ≤ 1                       a mentee at most once
    Σ_i x_ij ≤ capacity_j              a mentor at most `capacity` times
    Σ_{i, j of k} x_ij ≤ cap_k         an association at most `round_cap` times
    Σ x_ij = M*                        once the number of pairs is set
    Σ_{i of p} x_ij ≥ K_p              once a floor is set
    maximise Σ c_ij·x_ij

Without crossing floors this is a network flow: every vertex of the relaxation is whole, so a
linear program decides it and its dual values prove it. Where a vertex is not whole, branch and
bound decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pulp
from numpy.typing import NDArray

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.round_input import RoundUnsolved
from services.matching.engine.instance import NONE, Instance, of_public
from services.matching.engine.mip_solver import Solver
from services.matching.engine.pairs import Pairs, concatenate

_CHOSEN = 0.5
"""A variable of 0 or 1 above it is 1, within the solver's tolerance."""

INTEGRALITY_TOLERANCE = 1e-6
_DIGITS = 12


@dataclass(frozen=True)
class Optimum:
    """The places of the chosen pairs, sorted, and the prices of the relaxation.

    `whole` says that the relaxation itself chose them, so that the prices prove it.
    """

    chosen: NDArray[np.int64]
    prices: NamedDuals
    is_integral: bool


class RoundModel:
    """The program over the given pairs. Stages are held one after the other; see `stages`.

    `sure` are pairs that are made anyway and take their places.
    """

    def __init__(
        self, pool: Instance, pairs: Pairs, solver: Solver, sure: Pairs | None = None
    ) -> None:
        self._pool, self._pairs, self._solver = pool, pairs, solver
        self._sure = concatenate([]) if sure is None else sure
        self._problem = pulp.LpProblem("round", pulp.LpMaximize)
        self._made = [
            self._problem.add_variable(f"pair_{place:09d}", 0, cat=pulp.LpInteger)
            for place in range(len(pairs))
        ]
        self._state_mentees()
        self._mentors = self._state_mentors()
        self._associations = self._state_associations()
        self._floors: dict[str, pulp.LpConstraint] = {}
        self._count: pulp.LpConstraint | None = None

    def hold_pairs(self, pairs: int) -> None:
        """From now on, exactly so many pairs."""
        everything = range(len(self._made))
        left = pairs - len(self._sure)
        self._count = self._state("pairs", everything, pulp.LpConstraintEQ, left)

    def hold_floor(self, public: str, least: int) -> None:
        """From now on, at least so many mentees of this public."""
        members = of_public(self._pool, public)
        places = np.flatnonzero(members[self._pairs.mentee]).tolist()
        left = least - int(members[self._sure.mentee].sum())
        self._floors[public] = self._state(f"floor_{public}", places, pulp.LpConstraintGE, left)

    def maximise(self, values: NDArray[np.float64]) -> Optimum:
        """The best choice for the value of each pair. Raises RoundUnsolved."""
        optimum = self.solve_relaxation(values)
        if optimum.is_integral:
            return optimum
        amounts = self._solve(self._solver.whole())
        return Optimum(np.flatnonzero(amounts > _CHOSEN), optimum.prices, is_integral=False)

    def solve_relaxation(self, values: NDArray[np.float64]) -> Optimum:
        """The best of the relaxation. Where it is not whole, its choice is no round yet, but its
        prices hold. Raises RoundUnsolved."""
        terms = list(zip(self._made, values.tolist(), strict=True))
        self._problem.setObjective(pulp.LpAffineExpression(terms))
        amounts = self._solve(self._solver.relaxation_solver())
        whole = bool(np.all(np.abs(amounts - np.round(amounts)) <= INTEGRALITY_TOLERANCE))
        return Optimum(np.flatnonzero(amounts > _CHOSEN), self._prices(), whole)

    def _solve(self, solver: object) -> NDArray[np.float64]:
        status = self._problem.solve(solver)
        if status != pulp.LpStatusOptimal:
            raise RoundUnsolved(f"le solveur n'a pas conclu ({pulp.LpStatus[status]}).")
        return np.array([made.varValue for made in self._made], dtype=np.float64)

    def _state_mentees(self) -> None:
        for mentee, places in _group_places(self._pairs.mentee).items():
            self._state(f"mentee_{mentee}", places, pulp.LpConstraintLE, 1)

    def _state_mentors(self) -> dict[str, pulp.LpConstraint]:
        people = self._pool.mentors
        taken = np.bincount(self._sure.mentor, minlength=len(people))
        left = (self._pool.mentor_side.capacity - taken).tolist()
        return {
            people[mentor].id: self._state(
                f"mentor_{mentor}", places, pulp.LpConstraintLE, left[mentor]
            )
            for mentor, places in _group_places(self._pairs.mentor).items()
        }

    def _state_associations(self) -> dict[str, pulp.LpConstraint]:
        number, names = self._pool.mentor_side.association, self._pool.associations
        taken = np.bincount(number[self._sure.mentor] + 1, minlength=len(names) + 1)[1:].tolist()
        return {
            names[of]: self._state(
                f"association_{of}",
                places,
                pulp.LpConstraintLE,
                self._pool.caps[names[of]] - taken[of],
            )
            for of, places in _group_places(number[self._pairs.mentor]).items()
            if of != NONE and names[of] in self._pool.caps
        }

    def _state(self, name: str, places: Iterable[int], sense: int, limit: int) -> pulp.LpConstraint:
        amount = pulp.LpAffineExpression([(self._made[place], 1) for place in places])
        constraint = pulp.LpConstraint(amount, sense, name, limit)
        self._problem.addConstraint(constraint)
        return constraint

    def _prices(self) -> NamedDuals:
        """Dual values as prices: of places (≥ 0), of floors (≥ 0), of the number of pairs."""
        sign = self._solver.dual_sign
        return NamedDuals(
            mentors=_above_zero(self._mentors, sign),
            associations=_above_zero(self._associations, sign),
            floors=_above_zero(self._floors, -sign),
            pairs=0.0 if self._count is None else round(sign * self._count.pi, _DIGITS),
        )


def _above_zero(rows: Mapping[str, pulp.LpConstraint], sign: float) -> dict[str, float]:
    prices = {name: round(sign * row.pi, _DIGITS) for name, row in sorted(rows.items())}
    return {name: price for name, price in prices.items() if price > 0}


def _group_places(keys: NDArray[np.int32]) -> dict[int, list[int]]:
    """Key → the places that hold it, in order."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=keys[order][:1] - 1))
    groups = np.split(order, starts[1:])
    return {int(keys[group[0]]): group.tolist() for group in groups if len(group)}
