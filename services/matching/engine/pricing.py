"""The most that each mentee could gain at given prices, over all permitted pairs.

    max(0, max_j (c_ij - μ - v_j - a_k(j) + F_i))

Two ways to the same numbers: from a list of all pairs where they are few, from the shelves where
they are not.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.appraisal import Question, best_offers
from services.matching.engine.growth import best_left
from services.matching.engine.pairing import Pairs
from services.matching.engine.shelves import Market


@dataclass(frozen=True)
class Priced:
    """What is asked: `base` of each mentee (all that does not depend on the mentor), what the
    score is worth (1 or 0), and the price of a place with each mentor."""

    base: NDArray[np.float64]
    worth: float
    price: NDArray[np.float64]


class Pricing(Protocol):
    """All permitted pairs, ready to be priced."""

    def most_left(self, asked: Priced) -> NDArray[np.float64]:
        """What each mentee gains at most, at least 0."""
        ...


class ListedPairs:
    """All permitted pairs in a list."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    def most_left(self, asked: Priced) -> NDArray[np.float64]:
        return best_left(self._pairs, asked.base, asked.worth, asked.price)


class WholeMarket:
    """All permitted pairs, on the shelves. `known`: good offers, which spare it most of the way."""

    def __init__(self, market: Market, known: Pairs) -> None:
        self._market, self._known = market, known

    def most_left(self, asked: Priced) -> NDArray[np.float64]:
        left = best_left(self._known, asked.base, asked.worth, asked.price)
        question = Question(asked.base, asked.price, left, 1, asked.worth, tie=0.0)
        better = best_offers(self._market, question).offers
        return np.maximum(left, best_left(better, asked.base, asked.worth, asked.price))
