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
    CandidateIndex,
    MenteeArrays,
    MentorArrays,
    PriceBuckets,
)
from services.matching.engine.column_generation.pricing import (
    COUNT,
    bucket_of,
    may_meet,
    score_of_two,
)
from services.matching.engine.cores import CORES
from services.matching.engine.jit import compile_loop


def bid_prices(index: CandidateIndex, base: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each mentor, the most that base_i + score_ij comes to, at least 0."""
    mentors, mentees = len(index.pool.mentors), len(index.pool.mentees)
    buckets = index.buckets(np.zeros(mentors))
    policy = index.pool.terms.policy
    weights = np.array(tuple(policy.weights.by_name().values()))
    edges = np.linspace(0, mentees, CORES + 1).astype(int).tolist()
    bids = np.zeros((CORES, mentors))

    def bid(part: int) -> None:
        _bid(
            edges[part],
            edges[part + 1],
            index.seekers,
            index.volunteers,
            buckets,
            index.crowded,
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


@compile_loop
def _bid(
    start: int,
    end: int,
    seekers: MenteeArrays,
    volunteers: MentorArrays,
    buckets: PriceBuckets,
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
            bucket = bucket_of(seekers, i, territory)
            for entry in range(buckets.start[bucket], buckets.start[bucket + 1]):
                if (((bits & buckets.bits[entry]) + FIELDS) & GUARDS) != GUARDS:
                    continue
                j = buckets.mentor[entry]
                if may_meet(seekers, volunteers, i, j, crowded):
                    fits = score_of_two(seekers, volunteers, i, j, weights, count)
                    if fits >= min_score and base[i] + fits > bids[j]:
                        bids[j] = base[i] + fits
