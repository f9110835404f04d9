"""All pairs of a pool, looked at as seldom as possible.

A look at everything is dear, so what it told is remembered: the offers, and for each mentee a limit
that nothing untold exceeded at the prices of that look. Prices that have fallen by d since can
have lifted nothing untold by more than d. Whoever's best known offer is above that limit still has
the best of all, without another look.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.candidate_index import Market
from services.matching.engine.column_generation.pricing import Question, best_offers
from services.matching.engine.duals import Priced
from services.matching.engine.eligibility import Pairs, together
from services.matching.engine.instance import Pool

GAINS = 1e-9
"""A gain below it is not worth another look."""

LOOKED_AT = 20
"""Offers that a look brings to each mentee at most."""

MARGIN = 0.06
"""How far below a mentee's best a look still reaches, in points of score."""


@dataclass
class Outlook:
    """What is known of all pairs. `known` are the offers ever told, sorted by both places."""

    market: Market
    known: Pairs
    _looks: list[NDArray[np.float64]] = field(default_factory=list)
    _look_of: NDArray[np.int64] = field(init=False)
    _limit: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        people = len(self.market.pool.mentees)
        self._look_of = np.zeros(people, np.int64)
        self._limit = np.full(people, np.inf)
        self._looks.append(np.zeros(len(self.market.pool.mentors)))

    def first_look(self, price: NDArray[np.float64]) -> int:
        """The best offers to everybody at these prices; how many pairs are permitted."""
        people = len(self.market.pool.mentees)
        nothing, anything = np.zeros(people), np.full(people, -np.inf)
        asked = Question(nothing, price, anything, LOOKED_AT, count_all=True)
        return self._remember(asked, np.arange(people))

    def gaining(self, asked: Priced, active: Pairs, each: int) -> Pairs:
        """Over all pairs, the best offers (so many `each`) to those who could gain more than among
        `active`; none at all when nobody can."""
        left = asked.best_left(active) + GAINS
        found = self._better(asked, left, each)
        if not len(found) and len(self._look_again(asked, left)):
            found = self._better(asked, left, each)
        return found

    def most_left(self, asked: Priced) -> NDArray[np.float64]:
        """The most that each mentee gains over all pairs, at least 0, to the last bit."""
        left = asked.best_left(self.known)
        rows = self._uncertain(asked, left)
        question = Question(asked.base, asked.price, left, 1, asked.worth, tie=0.0, mentees=rows)
        better = best_offers(self.market, question).offers
        return np.maximum(left, asked.best_left(better))

    def above(self, asked: Priced, least: NDArray[np.float64], each: int) -> Pairs:
        """Over all pairs, the best offers (so many `each`) that gain a mentee more than `least`."""
        rows = self._uncertain(asked, least)
        question = Question(asked.base, asked.price, least, each, asked.worth, mentees=rows)
        found = united(self.market, self.known, best_offers(self.market, question).offers)
        gain = asked.gain(found)
        enough = gain > least[found.mentee]
        return best_of_each(at(found, enough), gain[enough], each)

    def _better(self, asked: Priced, left: NDArray[np.float64], each: int) -> Pairs:
        gain = asked.gain(self.known)
        better = gain > left[self.known.mentee]
        return best_of_each(at(self.known, better), gain[better], each)

    def _look_again(self, asked: Priced, left: NDArray[np.float64]) -> NDArray[np.int64]:
        """Look for those whose best may not be known; who they were."""
        rows = self._uncertain(asked, left)
        if len(rows):
            least = left - (MARGIN if asked.worth else 0.0)
            question = Question(
                asked.base, asked.price, least, LOOKED_AT, asked.worth, mentees=rows
            )
            self._remember(question, rows)
        return rows

    def _uncertain(self, asked: Priced, left: NDArray[np.float64]) -> NDArray[np.int64]:
        """Whose best known offer something untold could exceed by now."""
        if not asked.worth:
            return np.arange(len(left))
        fallen = np.array([(then - asked.price).max(initial=0.0) for then in self._looks])
        return np.flatnonzero(self._limit + asked.base + fallen[self._look_of] > left)

    def _remember(self, asked: Question, rows: NDArray[np.int64]) -> int:
        answer = best_offers(self.market, asked)
        self.known = united(self.market, self.known, answer.offers)
        if asked.worth:
            self._looks.append(asked.price)
            self._look_of[rows] = len(self._looks) - 1
            self._limit[rows] = answer.untold - asked.base[rows]
        return answer.seen


def at(offers: Pairs, places: NDArray[np.int64] | NDArray[np.bool_]) -> Pairs:
    """The offers at these places (or marked)."""
    return Pairs(offers.mentee[places], offers.mentor[places], offers.score[places])


def best_of_each(offers: Pairs, gain: NDArray[np.float64], each: int) -> Pairs:
    """So many offers to each mentee, those that gain most, in the order they had."""
    order = np.lexsort((-gain, offers.mentee))
    mentee = offers.mentee[order]
    rank = np.arange(len(order)) - np.searchsorted(mentee, mentee)
    return at(offers, np.sort(order[rank < each]))


def numbered(pool: Pool, offers: Pairs) -> NDArray[np.int64]:
    """One number for each pair, in the order of both places."""
    return offers.mentee.astype(np.int64) * len(pool.mentors) + offers.mentor


def united(market: Market, *parts: Pairs) -> Pairs:
    """All offers of the parts, each once, sorted by both places."""
    everything = together(parts)
    _, first = np.unique(numbered(market.pool, everything), return_index=True)
    return at(everything, first)


def marked(market: Market, offers: Pairs, some: Pairs) -> NDArray[np.bool_]:
    """Which of the (sorted) offers are among `some`."""
    marks = np.zeros(len(offers), dtype=bool)
    marks[np.searchsorted(numbered(market.pool, offers), numbered(market.pool, some))] = True
    return marks
