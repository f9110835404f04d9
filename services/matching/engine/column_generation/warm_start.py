"""Starting duals and columns: duals kept from an earlier round, or estimated from a sample
(docs/matching.md, 7.6).

One person in so many, taken from both sides, meets the same scarcity as everybody. The round of the
sample is solved first; from the surplus of its mentees follows a price of every mentor of the pool.
Bad starting duals cost time only: no proof rests on them.
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

SAMPLE_SIZE = 2_000
"""Most mentees of the sample."""

COLUMNS_EACH = 20
"""Columns of each mentee in the first restricted master."""


@dataclass(frozen=True)
class InitialColumns:
    """Result of the first pricing pass: the first columns, and how many pairs are permitted."""

    column_pool: ColumnPool
    columns: Pairs
    permitted: int


def initial_columns(
    index: CandidateIndex, objective: Objective, warm_duals: NamedDuals | None = None
) -> InitialColumns:
    """Price all pairs for the first time, at `warm_duals` or else at duals of a sample."""
    column_pool = ColumnPool(index, concatenate([]))
    if warm_duals is None:
        price = _sample_prices(index.pool, objective)
    else:
        price = duals_by_place(index.pool, warm_duals).place_costs(index.pool)
    permitted = column_pool.price_all(price)
    cap_prices = column_pool.columns
    columns = best_of_each(cap_prices, cap_prices.score - price[cap_prices.mentor], COLUMNS_EACH)
    return InitialColumns(column_pool, columns, permitted)


def _sample_prices(pool: Instance, objective: Objective) -> NDArray[np.float64]:
    """A price of each mentor, from the duals of a sample; shape (mentors,)."""
    step = -(-len(pool.mentees) // SAMPLE_SIZE)
    if step <= 1:
        return np.zeros(len(pool.mentors))
    sample_input = _one_in(pool, step)
    small, sample = _solve_sample(
        sample_input,
        replace(objective, service_value=np.zeros(len(sample_input.mentees)), floors=()),
    )
    gains = build_query(small, sample.objective, sample.solved.prices).best_surplus(sample.columns)
    whole_index = CandidateIndex(pool_of(replace(sample_input, mentors=pool.mentors)))
    prices = estimate_prices(whole_index, objective.bonus - gains)
    cap_prices = dict(
        zip(small.associations, sample.solved.prices.associations.tolist(), strict=True)
    )
    shared = np.array([*(cap_prices.get(name, 0.0) for name in pool.associations), 0.0])
    return np.asarray(np.maximum(prices, shared[pool.mentor_side.association]))


def _solve_sample(
    sample_input: RoundInput, objective: Objective
) -> tuple[Instance, GenerationResult]:
    index = CandidateIndex(pool_of(sample_input))
    initial = initial_columns(index, objective)
    master = FlowMaster(index.pool, objective)
    return index.pool, generate(initial.column_pool, objective, initial.columns, master)


def _one_in(pool: Instance, step: int) -> RoundInput:
    """Every so many-th person of both sides, with as much less room under each cap."""
    caps = tuple(Association(name, -(-cap // step)) for name, cap in sorted(pool.caps.items()))
    people = (pool.mentees[::step], pool.mentors[::step])
    return RoundInput(*people, pool.terms.at, caps, policy=pool.terms.policy)


def estimate_prices(index: CandidateIndex, base: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each mentor j, the price at which some mentee would just take a place: max(0, max_i
    (base_i + score_ij)), where `base` holds B less the surplus u_i that mentee i has already.

    It is the highest bid of an auction, taken as the starting dual of a mentor outside the sample.
    """
    mentors, mentees = len(index.pool.mentors), len(index.pool.mentees)
    buckets = index.buckets(np.zeros(mentors))
    policy = index.pool.terms.policy
    weights = np.array(tuple(policy.weights.by_name().values()))
    edges = np.linspace(0, mentees, CORES + 1).astype(int).tolist()
    prices = np.zeros((CORES, mentors))

    def estimate(part: int) -> None:
        _estimate_kernel(
            edges[part],
            edges[part + 1],
            index.seekers,
            index.volunteers,
            buckets,
            index.rare_languages,
            base,
            weights,
            policy.min_score - SCORE_TOLERANCE,
            COUNT,
            prices[part],
        )

    with ThreadPoolExecutor(CORES) as threads:
        for _done in threads.map(estimate, range(CORES)):
            pass
    return np.asarray(prices.max(axis=0))


@compile_loop
def _estimate_kernel(
    start: int,
    end: int,
    seekers: MenteeArrays,
    volunteers: MentorArrays,
    buckets: PriceBuckets,
    rare_languages: bool,
    base: NDArray[np.float64],
    weights: NDArray[np.float64],
    min_score: float,
    count: NDArray[np.int64],
    prices: NDArray[np.float64],
) -> None:
    for i in range(start, end):
        bits = seekers.bits[i]
        for territory in range(2):
            bucket = bucket_of(seekers, i, territory)
            for entry in range(buckets.start[bucket], buckets.start[bucket + 1]):
                if (((bits & buckets.bits[entry]) + FIELDS) & GUARDS) != GUARDS:
                    continue
                j = buckets.mentor[entry]
                if may_meet(seekers, volunteers, i, j, rare_languages):
                    fits = score_of_two(seekers, volunteers, i, j, weights, count)
                    if fits >= min_score and base[i] + fits > prices[j]:
                        prices[j] = base[i] + fits
