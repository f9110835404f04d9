"""Columns generated so far, and the pricing passes that they save (docs/matching.md, 7.5).

A pass over all pairs is the costly step, so what it finds is kept: its columns and, for each
mentee, an upper bound on the score less place cost of every other column at the prices of that
pass. If no place cost has fallen by more than d since, no such column exceeds the bound by more
than d. A mentee whose best generated column reaches that value needs no new pricing.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.candidate_index import CandidateIndex
from services.matching.engine.column_generation.pricing import PricingRequest, price_columns
from services.matching.engine.duals import PricingQuery
from services.matching.engine.pairs import Pairs, best_of_each, merge, take

IMPROVES = 1e-9
"""Least surplus above the best active column at which a column enters."""

COLUMNS_EACH = 20
"""Most columns that a pricing pass returns for a mentee."""

MARGIN = 0.06
"""A pass also returns columns up to this far below the best surplus, in points of score."""


@dataclass
class ColumnPool:
    """`columns`: all columns ever generated, sorted by both places.

    `_pass_costs` has the place costs of each pricing pass, of shape (mentors,); the first are 0.
    `_last_pass` is the pass that last priced a mentee, `_upper_bound` what score less place cost
    no other column exceeded in it; both of shape (mentees,).
    """

    index: CandidateIndex
    columns: Pairs
    _pass_costs: list[NDArray[np.float64]] = field(default_factory=list)
    _last_pass: NDArray[np.int64] = field(init=False)
    _upper_bound: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        people = len(self.index.pool.mentees)
        self._last_pass = np.zeros(people, np.int64)
        self._upper_bound = np.full(people, np.inf)
        self._pass_costs.append(np.zeros(len(self.index.pool.mentors)))

    def price_all(self, price: NDArray[np.float64]) -> int:
        """Price everybody at these place costs; how many pairs are permitted."""
        people = len(self.index.pool.mentees)
        nothing, anything = np.zeros(people), np.full(people, -np.inf)
        request = PricingRequest(nothing, price, anything, COLUMNS_EACH, count_all=True)
        return self._remember(request, np.arange(people))

    def improving_columns(self, query: PricingQuery, active: Pairs, each: int) -> Pairs:
        """The columns to enter: over all pairs, for each mentee at most `each` whose surplus is
        above that of the best active one. None proves that `active` is optimal."""
        surplus = query.best_surplus(active) + IMPROVES
        columns = self._better(query, surplus, each)
        if not len(columns) and len(self._reprice(query, surplus)):
            columns = self._better(query, surplus, each)
        return columns

    def max_surplus(self, query: PricingQuery) -> NDArray[np.float64]:
        """The largest surplus of each mentee over all pairs, at least 0, without tolerance."""
        surplus = query.best_surplus(self.columns)
        rows = self._uncertain(query, surplus)
        request = PricingRequest(
            query.base, query.place_cost, surplus, 1, query.score_weight, tie=0.0, mentees=rows
        )
        better = price_columns(self.index, request).columns
        return np.maximum(surplus, query.best_surplus(better))

    def above(self, query: PricingQuery, least: NDArray[np.float64], each: int) -> Pairs:
        """Over all pairs, at most `each` columns of a mentee whose surplus is above `least`."""
        rows = self._uncertain(query, least)
        request = PricingRequest(
            query.base, query.place_cost, least, each, query.score_weight, mentees=rows
        )
        columns = self._merge(price_columns(self.index, request).columns)
        found = query.surplus(columns)
        enough = found > least[columns.mentee]
        return best_of_each(take(columns, enough), found[enough], each)

    def _better(self, query: PricingQuery, surplus: NDArray[np.float64], each: int) -> Pairs:
        found = query.surplus(self.columns)
        better = found > surplus[self.columns.mentee]
        return best_of_each(take(self.columns, better), found[better], each)

    def _reprice(self, query: PricingQuery, surplus: NDArray[np.float64]) -> NDArray[np.int64]:
        """Price the mentees whose best column may be missing; their rows."""
        rows = self._uncertain(query, surplus)
        if len(rows):
            least = surplus - (MARGIN if query.score_weight else 0.0)
            request = PricingRequest(
                query.base, query.place_cost, least, COLUMNS_EACH, query.score_weight, mentees=rows
            )
            self._remember(request, rows)
        return rows

    def _uncertain(self, query: PricingQuery, surplus: NDArray[np.float64]) -> NDArray[np.int64]:
        """Rows of mentees for whom a column not generated may have a surplus above `surplus`."""
        if not query.score_weight:
            return np.arange(len(surplus))
        decrease = np.array(
            [(costs - query.place_cost).max(initial=0.0) for costs in self._pass_costs]
        )
        return np.flatnonzero(self._upper_bound + query.base + decrease[self._last_pass] > surplus)

    def _merge(self, columns: Pairs) -> Pairs:
        return merge([self.columns, columns], len(self.index.pool.mentors))

    def _remember(self, request: PricingRequest, rows: NDArray[np.int64]) -> int:
        result = price_columns(self.index, request)
        self.columns = self._merge(result.columns)
        if request.score_weight:
            self._pass_costs.append(request.place_cost)
            self._last_pass[rows] = len(self._pass_costs) - 1
            self._upper_bound[rows] = result.bound - request.base[rows]
        return result.evaluated
