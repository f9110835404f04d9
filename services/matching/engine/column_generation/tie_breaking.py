"""An order of pairs that has nothing to do with the people in them: how ties are broken."""

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.pairs import Pairs

_BITS = 40


def tie_keys(pairs: Pairs) -> NDArray[np.int64]:
    """A whole number of 40 bits for each pair, always the same for two places, and like no other.

    Mixed as in S. Vigna's SplitMix64 (2015).
    """
    with np.errstate(over="ignore"):
        mixed = pairs.mentee.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= pairs.mentor.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(64 - _BITS)).astype(np.int64))
