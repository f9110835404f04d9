"""The bound that prices prove, computed anew in one pass over all pairs of a pool.

    μ·M* + Σ_j capacity_j·v_j + Σ_k cap_k·a_k - Σ_p f_p·K_p
        + Σ_i max(0, max_j (c_ij - μ - v_j - a_k(j) + F_i))

This is the verifier's own reading of the formula: it shares nothing with `certificate`.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import fsum

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import Prices
from services.matching.engine.cores import CORES
from services.matching.engine.pairing import Pairs
from services.matching.engine.pool import Pool
from services.matching.engine.sweep import block_tasks

SCORE = ""
"""What a stage values when it is not a public."""

EVERY_PAIR = "*"


@dataclass(frozen=True)
class Priced:
    """A stage to be priced: what a pair is worth (`SCORE`, `EVERY_PAIR` or a public), the prices,
    and what the stages before have set: the number of pairs and the floors, K each."""

    worth: str
    prices: Prices
    pairs: int = 0
    floors: Mapping[str, int] = field(default_factory=dict)


def bounds(pool: Pool, stages: Sequence[Priced]) -> list[float]:
    """The bound of each stage; memory does not grow with the number of pairs."""
    tallies = [_Tally(pool, stage) for stage in stages]

    def add(judged: Callable[[], Pairs]) -> None:
        block = judged()
        for tally in tallies:
            tally.add(block)

    with ThreadPoolExecutor(CORES) as threads:
        for _done in threads.map(add, block_tasks(pool)):
            pass
    return [tally.bound() for tally in tallies]


class _Tally:
    """What a stage's prices leave to each mentee, as blocks of pairs come by."""

    def __init__(self, pool: Pool, stage: Priced) -> None:
        self._pool, self._stage = pool, stage
        self._member = _members(pool, stage.worth)
        own, shared = stage.prices.mentors, stage.prices.associations
        costs = [own.get(m.id, 0.0) + shared.get(m.association or "", 0.0) for m in pool.mentors]
        self._cost = np.array(costs, dtype=np.float64)
        self._credit = sum(
            (price * _members(pool, public) for public, price in stage.prices.floors.items()),
            start=np.zeros(len(pool.mentees)),
        )
        self._left = np.zeros(len(pool.mentees))

    def add(self, block: Pairs) -> None:
        worth = block.score if self._stage.worth == SCORE else self._member[block.mentee]
        left = worth - self._stage.prices.pairs - self._cost[block.mentor]
        left += self._credit[block.mentee]
        first = np.flatnonzero(np.diff(block.mentee, prepend=-1))  # a mentee's pairs are together
        if len(first):
            self._left[block.mentee[first]] = np.maximum(np.maximum.reduceat(left, first), 0.0)

    def bound(self) -> float:
        prices, stage = self._stage.prices, self._stage
        places = [m.capacity * prices.mentors.get(m.id, 0.0) for m in self._pool.mentors]
        caps = [cap * prices.associations.get(k, 0.0) for k, cap in self._pool.caps.items()]
        floors = [stage.floors[public] * price for public, price in prices.floors.items()]
        left = [float(value) for value in self._left]
        return fsum([prices.pairs * stage.pairs, *places, *caps, *left, *(-f for f in floors)])


def _members(pool: Pool, worth: str) -> NDArray[np.float64]:
    """1 for each mentee of the public, or for everybody."""
    return np.array(
        [worth == EVERY_PAIR or worth in mentee.publics for mentee in pool.mentees],
        dtype=np.float64,
    )
