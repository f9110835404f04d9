"""The most that each mentee could gain at given prices, over all permitted pairs.

    max(0, max_j (c_ij - μ - v_j - a_k(j) + F_i))

Two ways to the same numbers: from a list of all pairs where they are few, from a `ColumnPool`
where they are not.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.eligibility import Pairs


@dataclass(frozen=True)
class PricingQuery:
    """What is asked: `base` of each mentee (all that does not depend on the mentor), what the
    score is worth (1 or 0), and the price of a place with each mentor."""

    base: NDArray[np.float64]
    worth: float
    price: NDArray[np.float64]

    def gain(self, columns: Pairs) -> NDArray[np.float64]:
        """What each offer gains its mentee."""
        gain = self.base[columns.mentee] + self.worth * columns.score
        return np.asarray(gain - self.price[columns.mentor])

    def best_surplus(self, columns: Pairs) -> NDArray[np.float64]:
        """The most that each mentee gains among some offers, at least 0."""
        left = np.zeros(len(self.base))
        np.maximum.at(left, columns.mentee, self.gain(columns))
        return left


class Pricing(Protocol):
    """All permitted pairs, ready to be priced."""

    def max_surplus(self, asked: PricingQuery) -> NDArray[np.float64]:
        """What each mentee gains at most, at least 0."""
        ...


class ListedPairs:
    """All permitted pairs in a list."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    def max_surplus(self, asked: PricingQuery) -> NDArray[np.float64]:
        return asked.best_surplus(self._pairs)
