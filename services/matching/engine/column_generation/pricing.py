"""Pricing over all pairs of a pool: the columns of largest surplus (docs/matching.md, 7.4).

The surplus of mentee i with a permitted mentor j is

    base_i + score_weight · score_ij - place_cost_j

(`score_weight` is 1 where the score counts and 0 where pairs are only counted). No list of all
pairs is made: a bucket is left as soon as its cheapest mentor that remains costs more than the best
score could bring, which is exact, because `most` bounds every score.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.gates import SCORE_TOLERANCE
from services.matching.domain.score import (
    ELSEWHERE,
    ENOUGH_SLOTS,
    SAME_COMMUNE,
    SAME_DEPARTMENT,
    SAME_REGION,
)
from services.matching.engine.column_generation.candidate_index import (
    DEPARTMENT_COUNT,
    FIELDS,
    GUARDS,
    LEVEL_COUNT,
    NEEDS_AT,
    NEEDS_MASK,
    SLOTS_AT,
    SLOTS_MASK,
    CandidateIndex,
    MenteeArrays,
    MentorArrays,
    PriceBuckets,
)
from services.matching.engine.cores import CORES
from services.matching.engine.jit import compile_loop
from services.matching.engine.pairs import Pairs

_CHUNKS = 16
_HALF_WORD = 15
COUNT = np.array([word.bit_count() for word in range(1 << _HALF_WORD)], dtype=np.int64)
"""Bits set in each number of 15 bits."""


@dataclass(frozen=True)
class PricingRequest:
    """`base`: of each mentee, beside the score; `place_cost`: of each mentor.

    `least`: for each mentee, the surplus that a column must exceed. `most_each`: most columns a
    mentee. `tie`: columns whose surplus differs by less are taken in an order of the mentee's own,
    or among many alike all mentees would get the same few mentors; 0 gives the very best.
    `count_all` goes through every permitted pair and counts it. `mentees`: rows of those to be
    priced (all, when None).
    """

    base: NDArray[np.float64]
    place_cost: NDArray[np.float64]
    least: NDArray[np.float64]
    most_each: int
    score_weight: float = 1.0
    tie: float = 1e-7
    count_all: bool = False
    mentees: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class PricingResult:
    """The columns, sorted by both places; for each mentee priced, the largest surplus that a column
    not returned can have; and how many permitted pairs were evaluated."""

    columns: Pairs
    bound: NDArray[np.float64]
    evaluated: int


def price_columns(index: CandidateIndex, request: PricingRequest) -> PricingResult:
    """The columns of largest surplus of each mentee, over all pairs of the pool."""
    everybody = np.arange(len(index.pool.mentees))
    rows = everybody if request.mentees is None else request.mentees
    shape = (len(rows), request.most_each)
    counts, seen = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    mentor, score, gain = np.empty(shape, np.int32), np.empty(shape), np.empty(shape)
    buckets = index.buckets(request.place_cost)
    policy = index.pool.terms.policy
    weights = np.array(tuple(policy.weights.by_name().values()))
    slot_value = policy.weights.slots / ENOUGH_SLOTS
    edges = np.linspace(0, len(rows), _CHUNKS + 1).astype(int).tolist()

    def price_chunk(chunk: int) -> None:
        _price_kernel(
            edges[chunk],
            edges[chunk + 1],
            rows,
            index.seekers,
            index.volunteers,
            buckets,
            index.rare_languages,
            request.base,
            request.score_weight,
            request.least,
            request.tie,
            request.count_all,
            weights,
            slot_value,
            policy.min_score - SCORE_TOLERANCE,
            COUNT,
            counts,
            seen,
            mentor,
            score,
            gain,
        )

    with ThreadPoolExecutor(CORES) as threads:
        for _done in threads.map(price_chunk, range(_CHUNKS)):
            pass
    full = counts == request.most_each
    bound = np.where(full, gain[:, -1], request.least[rows])
    return PricingResult(_to_pairs(rows, counts, mentor, score), bound, int(seen.sum()))


def _to_pairs(
    rows: NDArray[np.int64],
    counts: NDArray[np.int64],
    mentor: NDArray[np.int32],
    score: NDArray[np.float64],
) -> Pairs:
    result = np.arange(mentor.shape[1]) < counts[:, np.newaxis]
    mentee = np.repeat(rows.astype(np.int32), counts)
    order = np.lexsort((mentor[result], mentee))
    return Pairs(mentee[order], mentor[result][order], score[result][order])


@compile_loop
def _price_kernel(  # noqa: C901 - a compiled inner loop; calls would slow it
    start: int,
    end: int,
    rows: NDArray[np.int64],
    seekers: MenteeArrays,
    volunteers: MentorArrays,
    buckets: PriceBuckets,
    rare_languages: bool,
    base: NDArray[np.float64],
    value: float,
    least: NDArray[np.float64],
    tie: float,
    count_all: bool,
    weights: NDArray[np.float64],
    slot_value_of_all: float,
    min_score: float,
    count: NDArray[np.int64],
    counts: NDArray[np.int64],
    seen: NDArray[np.int64],
    mentor: NDArray[np.int32],
    score: NDArray[np.float64],
    gain: NDArray[np.float64],
) -> None:
    """Price the mentees in `rows`, from `start` to `end`, into rows of the last arrays."""
    for row in range(start, end):
        i = rows[row]
        result, low = 0, -np.inf
        bits, beside = seekers.bits[i], base[i] + value * seekers.most_beside[i] + tie
        need_value, slot_value = value * seekers.need_value[i], value * slot_value_of_all
        most = beside + value * seekers.most_by_bits[i]
        for territory in range(2):
            bucket = bucket_of(seekers, i, territory)
            for entry in range(buckets.start[bucket], buckets.start[bucket + 1]):
                price = buckets.price[entry]
                if most - price <= max(low, least[i]) and not count_all:
                    break
                shared = bits & buckets.bits[entry]
                if ((shared + FIELDS) & GUARDS) != GUARDS:
                    continue
                bit_score = _score_from_bits(shared, need_value, slot_value, count)
                useless = beside + bit_score - price <= max(low, least[i])
                if useless and not count_all:
                    continue
                j = buckets.mentor[entry]
                if not may_meet(seekers, volunteers, i, j, rare_languages):
                    continue
                if useless and min_score <= 0:  # it only counts
                    seen[row] += 1
                    continue
                fits = score_of_two(seekers, volunteers, i, j, weights, count)
                if fits < min_score:
                    continue
                seen[row] += 1
                left = base[i] + value * fits - price
                ranked = left + tie * _tie_key(i, j)
                if left <= least[i] or ranked <= low:
                    continue
                result = _insert(row, j, fits, ranked, result, mentor, score, gain)
                if result == mentor.shape[1]:
                    low = gain[row, result - 1]
        counts[row] = result


@compile_loop
def bucket_of(seekers: MenteeArrays, i: int, territory: int) -> int:
    """First all of France, where the mentee meets remotely, then the département."""
    level = seekers.level[i]
    local = LEVEL_COUNT + level * DEPARTMENT_COUNT + seekers.department[i]
    if territory == 1:
        return int(local + LEVEL_COUNT * DEPARTMENT_COUNT)
    return int(level if seekers.remote[i] else local)


@compile_loop
def _score_from_bits(
    shared: np.uint64, need_value: float, slot_value: float, count: NDArray[np.int64]
) -> float:
    """An upper bound on what shared needs and slots add to the score, from the packed bits alone:
    most mentors are passed over without reading their other fields."""
    needs = np.int64((shared >> NEEDS_AT) & NEEDS_MASK)
    slots = np.int64((shared >> SLOTS_AT) & SLOTS_MASK)
    enough = min(count[slots & ((1 << _HALF_WORD) - 1)] + count[slots >> _HALF_WORD], ENOUGH_SLOTS)
    return float(need_value * count[needs] + slot_value * enough)


@compile_loop
def may_meet(
    seekers: MenteeArrays, volunteers: MentorArrays, i: int, j: int, rare_languages: bool
) -> bool:
    """The gates that buckets and bits do not decide: association, avoid, rare languages."""
    mine, theirs = seekers.association[i], volunteers.association[j]
    if mine >= 0 and theirs >= 0 and mine != theirs:
        return False
    for place in range(seekers.kept_from[i], seekers.kept_from[i + 1]):
        if seekers.kept[place] == j:
            return False
    if rare_languages:
        for word in range(seekers.languages.shape[1]):
            if seekers.languages[i, word] & volunteers.languages[j, word]:
                return True
        return False
    return True


@compile_loop
def score_of_two(
    seekers: MenteeArrays,
    volunteers: MentorArrays,
    i: int,
    j: int,
    weights: NDArray[np.float64],
    count: NDArray[np.int64],
) -> float:
    """`domain.score`, term by term in its order, so that both give the same last bit."""
    needs, sectors = seekers.needs[i], seekers.sectors[i]
    shared = seekers.slots[i] & volunteers.slots[j]
    slots = count[shared & ((1 << _HALF_WORD) - 1)] + count[shared >> _HALF_WORD]
    near = ELSEWHERE
    if seekers.commune[i] >= 0 and seekers.commune[i] == volunteers.commune[j]:
        near = SAME_COMMUNE
    elif seekers.department[i] == volunteers.department[j]:
        near = SAME_DEPARTMENT
    elif seekers.region[i] == volunteers.region[j]:
        near = SAME_REGION
    total = weights[0] * (count[needs & volunteers.needs[j]] / max(count[needs], 1))
    total += weights[1] * (count[sectors & volunteers.sectors[j]] / max(count[sectors], 1))
    total += weights[2] * (min(slots, ENOUGH_SLOTS) / ENOUGH_SLOTS)
    total += weights[3] * near
    return float(total + weights[4] * seekers.waiting[i])


@compile_loop
def _tie_key(i: int, j: int) -> float:
    """A number in [0, 1) that is always the same for two places, and like no other."""
    mixed = (np.uint64(i) * np.uint64(0x9E3779B97F4A7C15)) ^ (
        np.uint64(j) * np.uint64(0xC2B2AE3D27D4EB4F)
    )
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return float((mixed >> np.uint64(40)) / 16777216.0)


@compile_loop
def _insert(
    row: int,
    j: int,
    fits: float,
    ranked: float,
    result: int,
    mentor: NDArray[np.int32],
    score: NDArray[np.float64],
    gain: NDArray[np.float64],
) -> int:
    """Insert a column by its rank, the best first; a full row loses its last."""
    last = mentor.shape[1] - 1
    place = min(result, last)
    while place > 0 and gain[row, place - 1] < ranked:
        gain[row, place] = gain[row, place - 1]
        mentor[row, place] = mentor[row, place - 1]
        score[row, place] = score[row, place - 1]
        place -= 1
    gain[row, place], mentor[row, place], score[row, place] = ranked, j, fits
    return int(min(result + 1, last + 1))
