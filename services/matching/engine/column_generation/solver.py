"""The stages of a round whose pairs are too many to list.

The same stages as `lexicographic`, each solved over columns that pricing adds until the duals prove
it over all pairs (`generation`). PuLP decides as well, over the pairs that the bounds leave free
(`variable_fixing`). The optimum is that of `lexicographic`; where several rounds are equally good,
another of them may be made, but always the same one for the same people.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.policy import Floor
from services.matching.domain.round_input import RoundUnsolved
from services.matching.engine.column_generation.candidate_index import CandidateIndex
from services.matching.engine.column_generation.cardinality_proof import (
    VertexCover,
    places_in,
    remove_cardinality_bonus,
    saturated_places,
)
from services.matching.engine.column_generation.column_pool import IMPROVES, ColumnPool
from services.matching.engine.column_generation.generation import (
    GenerationResult,
    Master,
    generate,
    generate_from,
)
from services.matching.engine.column_generation.lp_master import LpMaster
from services.matching.engine.column_generation.restricted_master import FlowMaster, crossing
from services.matching.engine.column_generation.variable_fixing import (
    TiesNotEnumerated,
    decide_among_survivors,
)
from services.matching.engine.column_generation.warm_start import initial_columns
from services.matching.engine.duals import Duals, FloorConstraint, Pricing, PricingQuery
from services.matching.engine.instance import Instance, of_public
from services.matching.engine.lexicographic import Decision, FloorStage
from services.matching.engine.mip import Optimum
from services.matching.engine.objective import Objective, build_query
from services.matching.engine.pairs import Pairs, membership, merge

FIRST_BONUS, LARGEST_BONUS = 8.0, float(1 << 20)
"""What a pair counts beside its score. It has to outweigh what a chain of people who move over
could gain; when the proof of the most pairs fails, it was too small."""

_DIGITS = 12


@dataclass(frozen=True)
class Solution:
    """A decision over `pairs` (those ever generated), the way to price all, and how many are
    permitted."""

    pairs: Pairs
    decision: Decision
    pricing: Pricing
    permitted: int


def decide_nationally(pool: Instance, warm_duals: NamedDuals | None = None) -> Solution:
    """The best round of a pool of any size, the same one from any prices kept. Raises
    RoundUnsolved."""
    solver = ColumnGenerationSolver(pool, warm_duals)
    try:
        if pool.terms.policy.objective == "score":
            return solver.by_score()
        return solver.by_pairs()
    except TiesNotEnumerated:
        return decide_nationally(pool)


@dataclass
class ColumnGenerationSolver:
    """Solves the stages of one round in their lexicographic order by column generation.

    `warm_duals`: prices of an earlier round of this pool, from which to start.
    """

    pool: Instance
    warm_duals: NamedDuals | None
    column_pool: ColumnPool = field(init=False)
    columns: Pairs = field(init=False)
    permitted: int = field(init=False)
    _floors: list[FloorStage] = field(default_factory=list)

    def __post_init__(self) -> None:
        objective = self._objective(
            FIRST_BONUS if self.pool.terms.policy.objective == "most_pairs" else 0.0
        )
        begun = initial_columns(CandidateIndex(self.pool), objective, self.warm_duals)
        self.column_pool, self.columns, self.permitted = (
            begun.column_pool,
            begun.columns,
            begun.permitted,
        )

    def by_score(self) -> Solution:
        """The score alone counts."""
        best = self._generate(self._objective(bonus=0.0))
        return self._solve_remaining(best, None, None, None)

    def by_pairs(self) -> Solution:
        """Most pairs, then the floors, then the score."""
        free, vertex_cover = self._most_pairs()
        most = Optimum(
            np.arange(len(free.pairs)),
            self._name_prices(vertex_cover.prices(), ()),
            is_integral=True,
        )
        best = self._maximise_score(free)
        natural = self._score_duals(best)
        return self._solve_remaining(
            best, most, free if self.pool.terms.policy.floors else None, natural
        )

    def _objective(self, bonus: float) -> Objective:
        """A free round: its floors, where a flow can hold them, ask for nobody yet."""
        floors = tuple(
            FloorConstraint(floor.public, of_public(self.pool, floor.public), 0)
            for floor in self.pool.terms.policy.floors
        )
        nobody = np.zeros(len(self.pool.mentees))
        return Objective(
            nobody, score_weight=1.0, bonus=bonus, floors=() if crossing(floors) else floors
        )

    def _generate(self, objective: Objective) -> GenerationResult:
        generated = generate(self.column_pool, objective, self.columns, self._master(objective))
        self.columns = generated.columns
        return generated

    def _master(self, objective: Objective) -> Master:
        """A flow, unless floors overlap in a way that no flow can hold."""
        return (LpMaster if crossing(objective.floors) else FlowMaster)(self.pool, objective)

    def _most_pairs(self) -> tuple[GenerationResult, VertexCover]:
        """The best score of the most pairs, without floors, and the proof that they are most."""
        bonus = FIRST_BONUS
        while bonus <= LARGEST_BONUS:
            free = self._generate(self._objective(bonus))
            vertex_cover = saturated_places(self.pool, free.solved.prices, bonus)
            if self._most_with(vertex_cover) < len(free.pairs) + 1:
                return free, vertex_cover
            bonus *= 8
        raise RoundUnsolved("le plus grand nombre de binômes n'a pas pu être prouvé.")

    def _most_with(self, vertex_cover: VertexCover) -> float:
        """The most pairs there can be: saturated places, and mentees who may still have a free
        one."""
        price = vertex_cover.prices().place_costs(self.pool)
        cheap = self.column_pool.max_surplus(
            PricingQuery(np.ones(len(self.pool.mentees)), 0.0, price)
        )
        return float(places_in(self.pool, vertex_cover) + cheap.sum())

    def _maximise_score(self, free: GenerationResult) -> GenerationResult:
        """The best score with all floors held, each at its K."""
        pairs = len(free.pairs)
        self._floors = [
            FloorStage(floor, floor.required_count(pairs), floor.required_count(pairs), None)
            for floor in self.pool.terms.policy.floors
        ]
        best = self._holding(free, self._floor_constraints())
        if best is None:
            self._set_floors(free)
            best = self._generate(replace(free.objective, floors=self._floor_constraints()))
        return best

    def _holding(
        self, free: GenerationResult, fixed: tuple[FloorConstraint, ...]
    ) -> GenerationResult | None:
        """The best round that serves all that is wanted; None where that cannot be, or where it
        cannot be known so simply."""
        if crossing(fixed):
            return free if _keeps_floors(free.pairs, fixed) else None
        if not isinstance(free.master, FlowMaster):
            raise TypeError("only a flow can be held to its floors")
        solved = free.master.set_floors(fixed)
        objective = replace(free.objective, floors=fixed)
        best = generate_from(self.column_pool, objective, free.columns, free.master, solved)
        self.columns = best.columns
        return (
            best
            if len(best.pairs) == len(free.pairs) and _keeps_floors(best.pairs, fixed)
            else None
        )

    def _floor_constraints(self) -> tuple[FloorConstraint, ...]:
        """The floors set so far."""
        return tuple(
            FloorConstraint(
                stage.floor.public, of_public(self.pool, stage.floor.public), stage.least
            )
            for stage in self._floors
        )

    def _set_floors(self, free: GenerationResult) -> None:
        """Each floor's K, one after the other."""
        wanted, self._floors = [stage.wanted for stage in self._floors], []
        for floor, count in zip(self.pool.terms.policy.floors, wanted, strict=True):
            self._floors.append(self._floor(floor, count, free, self._floor_constraints()))

    def _floor(
        self,
        floor: Floor,
        wanted: int,
        free: GenerationResult,
        fixed: tuple[FloorConstraint, ...],
    ) -> FloorStage:
        """K: what is wanted, or the most that can be served with what is held already.

        Offers known may show at once that everything wanted can be served; else all pairs are
        priced for this count, so that the certificate can prove what is missing.
        """
        members = of_public(self.pool, floor.public)
        if _keeps_floors(free.pairs, (*fixed, FloorConstraint(floor.public, members, wanted))):
            return FloorStage(floor, wanted, wanted, None)
        objective = replace(
            free.objective,
            service_value=members.astype(np.float64),
            score_weight=0.0,
            floors=fixed,
        )
        most = self._generate(objective)
        made = most.pairs
        if crossing(fixed):
            counts = [(other.public, other.least) for other in fixed]
            made = decide_among_survivors(self.column_pool, most, counts)
        served = int(members[made.mentee].sum())
        if served >= wanted:
            return FloorStage(floor, wanted, wanted, None)
        prices = replace(most.solved.prices, pairs=-objective.bonus)
        proof = Optimum(np.arange(served), self._name_prices(prices, fixed), is_integral=True)
        return FloorStage(floor, wanted, served, proof)

    def _score_duals(self, best: GenerationResult) -> Duals:
        """The prices of a round without the bonus in them, as far as that leaves them a proof."""
        prices, bonus = best.solved.prices, best.objective.bonus
        left = self._max_surplus(best.objective, prices)
        vertex_cover = saturated_places(self.pool, prices, bonus)
        cheap = np.zeros(len(left), dtype=bool)
        cheap[best.pairs.mentee] = prices.place_costs(self.pool)[best.pairs.mentor] <= bonus / 2
        if places_in(self.pool, vertex_cover) + int(cheap.sum()) != len(best.pairs):
            return replace(prices, pairs=-bonus)
        lowered = remove_cardinality_bonus(prices, vertex_cover, bonus, left[cheap])
        room = bonus + lowered.pairs
        over = self._max_surplus(replace(best.objective, bonus=0.0), lowered) - (
            left - room * cheap
        )
        if over.max(initial=0.0) <= IMPROVES:
            return lowered
        return remove_cardinality_bonus(prices, vertex_cover, bonus, np.array([room - over.max()]))

    def _max_surplus(self, objective: Objective, prices: Duals) -> NDArray[np.float64]:
        return self.column_pool.max_surplus(build_query(self.pool, objective, prices))

    def _solve_remaining(
        self,
        best: GenerationResult,
        most: Optimum | None,
        free: GenerationResult | None,
        natural: Duals | None,
    ) -> Solution:
        """What PuLP decides among the pairs that survive the proof of the best round found."""
        prices = natural or best.solved.prices
        counts = [(stage.floor.public, stage.least) for stage in self._floors]
        made = decide_among_survivors(
            self.column_pool, best, counts, alone=self.warm_duals is not None
        )
        self.columns = merge([self.columns, made], len(self.pool.mentors))
        chosen = Optimum(
            self._places(made), self._name_prices(prices, best.objective.floors), is_integral=True
        )
        without = None
        if free is not None:
            bonus_out = replace(free.solved.prices, pairs=-free.objective.bonus, floors=np.zeros(0))
            without = Optimum(
                self._places(free.pairs), self._name_prices(bonus_out, ()), is_integral=True
            )
        decision = Decision(chosen, most, tuple(self._floors), without)
        return Solution(self.columns, decision, self.column_pool, self.permitted)

    def _places(self, made: Pairs) -> NDArray[np.int64]:
        return np.flatnonzero(membership(self.columns, made, len(self.pool.mentors)))

    def _name_prices(self, prices: Duals, floors: Iterable[FloorConstraint]) -> NamedDuals:
        """Prices by the names of those they belong to, as a certificate states them."""
        pool = self.pool
        return NamedDuals(
            mentors=_above_zero((mentor.id for mentor in pool.mentors), prices.mentors),
            associations=_above_zero(pool.associations, prices.associations),
            floors=_above_zero((floor.public for floor in floors), prices.floors),
            pairs=round(prices.pairs, _DIGITS),
        )


def _above_zero(names: Iterable[str], prices: NDArray[np.float64]) -> dict[str, float]:
    rounded = zip(names, np.round(prices, _DIGITS).tolist(), strict=True)
    return {name: price for name, price in rounded if price > 0}


def _keeps_floors(made: Pairs, floors: Iterable[FloorConstraint]) -> bool:
    """Do these pairs serve as many of each public as its floor asks?"""
    return all(int(floor.members[made.mentee].sum()) >= floor.least for floor in floors)
