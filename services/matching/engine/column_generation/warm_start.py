"""Where to begin: prices kept from an earlier round, or guessed from a smaller country.

One person in so many, taken from both sides, meets the same scarcity as everybody. That small round
is solved first, and what its mentees would bid for every mentor of the pool is a fair first price.
Wrong guesses cost time only: nothing that is proved later rests on them.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.gates import SCORE_TOLERANCE
from services.matching.domain.people import Association
from services.matching.domain.round_input import RoundInput
from services.matching.engine.column_generation.candidate_index import (
    FIELDS,
    GUARDS,
    CandidateIndex,
    MenteeArrays,
    MentorArrays,
    PriceBuckets,
)
from services.matching.engine.column_generation.column_pool import ColumnPool
from services.matching.engine.column_generation.generation import GenerationResult, generate
from services.matching.engine.column_generation.pricing import (
    COUNT,
    bucket_of,
    may_meet,
    score_of_two,
)
from services.matching.engine.column_generation.restricted_master import FlowMaster
from services.matching.engine.cores import CORES
from services.matching.engine.duals import duals_by_place
from services.matching.engine.instance import Instance, pool_of
from services.matching.engine.jit import compile_loop
from services.matching.engine.objective import Objective, build_query
from services.matching.engine.pairs import Pairs, best_of_each, concatenate

SMALL = 2_000
"""Mentees in the smaller country, at most."""

OPENING_OFFERS = 20
"""Offers to each mentee that are in play from the beginning."""


@dataclass(frozen=True)
class InitialColumns:
    """A first look at all pairs: the offers to begin with, and how many pairs are permitted."""

    column_pool: ColumnPool
    columns: Pairs
    permitted: int


def initial_columns(
    index: CandidateIndex, objective: Objective, warm_duals: NamedDuals | None = None
) -> InitialColumns:
    """Looks at all pairs for the first time, at the prices kept, or else at guessed ones."""
    column_pool = ColumnPool(index, concatenate([]))
    if warm_duals is None:
        price = _sample_prices(index.pool, objective)
    else:
        price = duals_by_place(index.pool, warm_duals).place_costs(index.pool)
    permitted = column_pool.price_all(price)
    known = column_pool.columns
    columns = best_of_each(known, known.score - price[known.mentor], OPENING_OFFERS)
    return InitialColumns(column_pool, columns, permitted)


def _sample_prices(pool: Instance, objective: Objective) -> NDArray[np.float64]:
    """What the mentees of the smaller country would pay for everybody's mentors."""
    step = -(-len(pool.mentees) // SMALL)
    if step <= 1:
        return np.zeros(len(pool.mentors))
    few = _one_in(pool, step)
    small, sample = _solve_sample(
        few, replace(objective, service_value=np.zeros(len(few.mentees)), floors=())
    )
    gains = build_query(small, sample.objective, sample.solved.prices).best_surplus(sample.columns)
    bidding = CandidateIndex(pool_of(replace(few, mentors=pool.mentors)))
    bids = bid_prices(bidding, objective.bonus - gains)
    known = dict(zip(small.associations, sample.solved.prices.associations.tolist(), strict=True))
    shared = np.array([*(known.get(name, 0.0) for name in pool.associations), 0.0])
    return np.asarray(np.maximum(bids, shared[pool.mentor_side.association]))


def _solve_sample(few: RoundInput, objective: Objective) -> tuple[Instance, GenerationResult]:
    index = CandidateIndex(pool_of(few))
    begun = initial_columns(index, objective)
    master = FlowMaster(index.pool, objective)
    return index.pool, generate(begun.column_pool, objective, begun.columns, master)


def _one_in(pool: Instance, step: int) -> RoundInput:
    """Every so many-th person of both sides, with as much less room under each cap."""
    caps = tuple(Association(name, -(-cap // step)) for name, cap in sorted(pool.caps.items()))
    people = (pool.mentees[::step], pool.mentors[::step])
    return RoundInput(*people, pool.terms.at, caps, policy=pool.terms.policy)


def bid_prices(index: CandidateIndex, base: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each mentor j, the most that the mentees would pay for a place: max(0, max_i (base_i +
    score_ij)), where `base` holds B less the surplus u_i that mentee i has already.

    It is the price at which a new place would just find a taker, and so a fair guess for mentors
    whose price is not known yet.
    """
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
