"""All pairs of a pool, looked at as seldom as possible.

A look at everything is dear, so what it told is remembered: the offers, and for each mentee a limit
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
from services.matching.engine.eligibility import Pairs, concatenate
from services.matching.engine.instance import Instance

IMPROVES = 1e-9
"""A gain below it is not worth another look."""

LOOKED_AT = 20
"""Offers that a look brings to each mentee at most."""

MARGIN = 0.06
"""How far below a mentee's best a look still reaches, in points of score."""


@dataclass
class ColumnPool:
    """What is known of all pairs. `known` are the offers ever told, sorted by both places."""

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
        found = self._better(asked, left, each)
        if not len(found) and len(self._reprice(asked, left)):
            found = self._better(asked, left, each)
        return found

    def max_surplus(self, asked: PricingQuery) -> NDArray[np.float64]:
        """The most that each mentee gains over all pairs, at least 0, to the last bit."""
        left = asked.best_surplus(self.columns)
        rows = self._uncertain(asked, left)
        question = PricingRequest(
            asked.base, asked.price, left, 1, asked.worth, tie=0.0, mentees=rows
        )
        better = price_columns(self.index, question).columns
        return np.maximum(left, asked.best_surplus(better))

    def above(self, asked: PricingQuery, least: NDArray[np.float64], each: int) -> Pairs:
        """Over all pairs, the best offers (so many `each`) that gain a mentee more than `least`."""
        rows = self._uncertain(asked, least)
        question = PricingRequest(asked.base, asked.price, least, each, asked.worth, mentees=rows)
        found = merge_columns(self.index, self.columns, price_columns(self.index, question).columns)
        gain = asked.gain(found)
        enough = gain > least[found.mentee]
        return best_of_each(take(found, enough), gain[enough], each)

    def _better(self, asked: PricingQuery, left: NDArray[np.float64], each: int) -> Pairs:
        gain = asked.gain(self.columns)
        better = gain > left[self.columns.mentee]
        return best_of_each(take(self.columns, better), gain[better], each)

    def _reprice(self, asked: PricingQuery, left: NDArray[np.float64]) -> NDArray[np.int64]:
        """Look for those whose best may not be known; who they were."""
        rows = self._uncertain(asked, left)
        if len(rows):
            least = left - (MARGIN if asked.worth else 0.0)
            question = PricingRequest(
                asked.base, asked.price, least, LOOKED_AT, asked.worth, mentees=rows
            )
            self._remember(question, rows)
        return rows

    def _uncertain(self, asked: PricingQuery, left: NDArray[np.float64]) -> NDArray[np.int64]:
        """Whose best known offer something untold could exceed by now."""
        if not asked.worth:
            return np.arange(len(left))
        fallen = np.array([(then - asked.price).max(initial=0.0) for then in self._looks])
        return np.flatnonzero(self._upper_bound + asked.base + fallen[self._look_of] > left)

    def _remember(self, asked: PricingRequest, rows: NDArray[np.int64]) -> int:
        answer = price_columns(self.index, asked)
        self.columns = merge_columns(self.index, self.columns, answer.columns)
        if asked.score_weight:
            self._looks.append(asked.price)
            self._look_of[rows] = len(self._looks) - 1
            self._upper_bound[rows] = answer.bound - asked.base[rows]
        return answer.evaluated


def take(columns: Pairs, places: NDArray[np.int64] | NDArray[np.bool_]) -> Pairs:
    """The offers at these places (or marked)."""
    return Pairs(columns.mentee[places], columns.mentor[places], columns.score[places])


def best_of_each(columns: Pairs, gain: NDArray[np.float64], each: int) -> Pairs:
    """So many offers to each mentee, those that gain most, in the order they had."""
    order = np.lexsort((-gain, columns.mentee))
    mentee = columns.mentee[order]
    rank = np.arange(len(order)) - np.searchsorted(mentee, mentee)
    return take(columns, np.sort(order[rank < each]))


def pair_numbers(pool: Instance, columns: Pairs) -> NDArray[np.int64]:
    """One number for each pair, in the order of both places."""
    return columns.mentee.astype(np.int64) * len(pool.mentors) + columns.mentor


def merge_columns(index: CandidateIndex, *parts: Pairs) -> Pairs:
    """All offers of the parts, each once, sorted by both places."""
    everything = concatenate(parts)
    _, first = np.unique(pair_numbers(index.pool, everything), return_index=True)
    return take(everything, first)


def membership(index: CandidateIndex, columns: Pairs, some: Pairs) -> NDArray[np.bool_]:
    """Which of the (sorted) offers are among `some`."""
    marks = np.zeros(len(columns), dtype=bool)
    marks[np.searchsorted(pair_numbers(index.pool, columns), pair_numbers(index.pool, some))] = True
    return marks
