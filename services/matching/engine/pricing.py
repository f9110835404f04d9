"""The most that each mentee could gain at given prices, over all permitted pairs.

    max(0, max_j (c_ij - μ - v_j - a_k(j) + F_i))

Two ways to the same numbers: from a list of all pairs where they are few, from an `Outlook` where
they are not.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.country.outlook import Priced
from services.matching.engine.pairing import Pairs


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
        return asked.best_left(self._pairs)
