"""What mentees would give for each mentor: prices seen from the other side.

At gains u_i that mentees have already, a place with mentor j is worth

    max(0, max_i (base_i + score_ij - u_i))

to the one who would gain most from it. It is the price a new place fetches (a new column's reduced
profit), and so a fair guess for mentors whose price is not known yet.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.gates import SCORE_TOLERANCE
from services.matching.engine.column_generation.candidate_index import (
    FIELDS,
    GUARDS,
    Market,
    Seekers,
    Shelves,
    Volunteers,
)
from services.matching.engine.column_generation.pricing import (
    COUNT,
    may_meet,
    score_of_two,
    shelf_of,
)
from services.matching.engine.cores import CORES
from services.matching.engine.jit import compiled


def highest_bids(market: Market, base: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each mentor, the most that base_i + score_ij comes to, at least 0."""
    mentors, mentees = len(market.pool.mentors), len(market.pool.mentees)
    shelves = market.shelves(np.zeros(mentors))
    policy = market.pool.terms.policy
    weights = np.array(tuple(policy.weights.by_name().values()))
    edges = np.linspace(0, mentees, CORES + 1).astype(int).tolist()
    bids = np.zeros((CORES, mentors))

    def bid(part: int) -> None:
        _bid(
            edges[part],
            edges[part + 1],
            market.seekers,
            market.volunteers,
            shelves,
            market.crowded,
            base,
            weights,
            policy.min_score - SCORE_TOLERANCE,
            COUNT,
            bids[part],
        )

    with ThreadPoolExecutor(CORES) as threads:
        for _done in threads.map(bid, range(CORES)):
            pass
    return np.asarray(bids.max(axis=0))


@compiled
def _bid(
    start: int,
    end: int,
    seekers: Seekers,
    volunteers: Volunteers,
    shelves: Shelves,
    crowded: bool,
    base: NDArray[np.float64],
    weights: NDArray[np.float64],
    min_score: float,
    count: NDArray[np.int64],
    bids: NDArray[np.float64],
) -> None:
    for i in range(start, end):
        bits = seekers.bits[i]
        for territory in range(2):
            shelf = shelf_of(seekers, i, territory)
            for entry in range(shelves.start[shelf], shelves.start[shelf + 1]):
                if (((bits & shelves.bits[entry]) + FIELDS) & GUARDS) != GUARDS:
                    continue
                j = shelves.mentor[entry]
                if may_meet(seekers, volunteers, i, j, crowded):
                    fits = score_of_two(seekers, volunteers, i, j, weights, count)
                    if fits >= min_score and base[i] + fits > bids[j]:
                        bids[j] = base[i] + fits
