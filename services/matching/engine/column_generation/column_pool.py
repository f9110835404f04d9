"""All pairs of a pool, looked at as seldom as possible.

Pricing all pairs is expensive, so its results are kept: the columns, and for each mentee a limit
that nothing untold exceeded at the prices of that look. Prices that have fallen by d since can
have lifted nothing untold by more than d. Whoever's best known offer is above that limit still has
the best of all, without another look.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.candidate_index import CandidateIndex
from services.matching.engine.column_generation.pricing import PricingRequest, price_columns
from services.matching.engine.duals import PricingQuery
from services.matching.engine.pairs import Pairs, best_of_each, merge, take

IMPROVES = 1e-9
"""A gain below it is not worth another pricing."""

LOOKED_AT = 20
"""Offers that a look brings to each mentee at most."""

MARGIN = 0.06
"""How far below a mentee's best a look still reaches, in points of score."""


@dataclass
class ColumnPool:
    """What is known of all pairs. `columns` are all columns ever priced, sorted by both places."""

    index: CandidateIndex
    columns: Pairs
    _looks: list[NDArray[np.float64]] = field(default_factory=list)
    _look_of: NDArray[np.int64] = field(init=False)
    _upper_bound: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        people = len(self.index.pool.mentees)
        self._look_of = np.zeros(people, np.int64)
        self._upper_bound = np.full(people, np.inf)
        self._looks.append(np.zeros(len(self.index.pool.mentors)))

    def price_all(self, price: NDArray[np.float64]) -> int:
        """The best offers to everybody at these prices; how many pairs are permitted."""
        people = len(self.index.pool.mentees)
        nothing, anything = np.zeros(people), np.full(people, -np.inf)
        asked = PricingRequest(nothing, price, anything, LOOKED_AT, count_all=True)
        return self._remember(asked, np.arange(people))

    def improving_columns(self, asked: PricingQuery, active: Pairs, each: int) -> Pairs:
        """Over all pairs, the best offers (so many `each`) to those who could gain more than among
        `active`; none at all when nobody can."""
        left = asked.best_surplus(active) + IMPROVES
        columns = self._better(asked, left, each)
        if not len(columns) and len(self._reprice(asked, left)):
            columns = self._better(asked, left, each)
        return columns

    def max_surplus(self, asked: PricingQuery) -> NDArray[np.float64]:
        """The most that each mentee gains over all pairs, at least 0, to the last bit."""
        left = asked.best_surplus(self.columns)
        rows = self._uncertain(asked, left)
        question = PricingRequest(
            asked.base, asked.place_cost, left, 1, asked.score_weight, tie=0.0, mentees=rows
        )
        better = price_columns(self.index, question).columns
        return np.maximum(left, asked.best_surplus(better))

    def above(self, asked: PricingQuery, least: NDArray[np.float64], each: int) -> Pairs:
        """Over all pairs, the best offers (so many `each`) that gain a mentee more than `least`."""
        rows = self._uncertain(asked, least)
        question = PricingRequest(
            asked.base, asked.place_cost, least, each, asked.score_weight, mentees=rows
        )
        columns = self._merge(price_columns(self.index, question).columns)
        gain = asked.surplus(columns)
        enough = gain > least[columns.mentee]
        return best_of_each(take(columns, enough), gain[enough], each)

    def _better(self, asked: PricingQuery, left: NDArray[np.float64], each: int) -> Pairs:
        gain = asked.surplus(self.columns)
        better = gain > left[self.columns.mentee]
        return best_of_each(take(self.columns, better), gain[better], each)

    def _reprice(self, asked: PricingQuery, left: NDArray[np.float64]) -> NDArray[np.int64]:
        """Look for those whose best may not be known; who they were."""
        rows = self._uncertain(asked, left)
        if len(rows):
            least = left - (MARGIN if asked.score_weight else 0.0)
            question = PricingRequest(
                asked.base, asked.place_cost, least, LOOKED_AT, asked.score_weight, mentees=rows
            )
            self._remember(question, rows)
        return rows

    def _uncertain(self, asked: PricingQuery, left: NDArray[np.float64]) -> NDArray[np.int64]:
        """Whose best known offer something untold could exceed by now."""
        if not asked.score_weight:
            return np.arange(len(left))
        fallen = np.array([(then - asked.place_cost).max(initial=0.0) for then in self._looks])
        return np.flatnonzero(self._upper_bound + asked.base + fallen[self._look_of] > left)

    def _merge(self, columns: Pairs) -> Pairs:
        return merge([self.columns, columns], len(self.index.pool.mentors))

    def _remember(self, asked: PricingRequest, rows: NDArray[np.int64]) -> int:
        answer = price_columns(self.index, asked)
        self.columns = self._merge(answer.columns)
        if asked.score_weight:
            self._looks.append(asked.place_cost)
            self._look_of[rows] = len(self._looks) - 1
            self._upper_bound[rows] = answer.bound - asked.base[rows]
        return answer.evaluated
