"""The bound that prices prove, computed anew in one pass over all pairs of a pool.

    μ·M* + Σ_j capacity_j·v_j + Σ_k cap_k·a_k - Σ_p f_p·K_p
        + Σ_i max(0, max_j (c_ij - μ - v_j - a_k(j) + F_i))

This is the verifier's own reading of the formula: it shares nothing with `certificate`. Small
pools are gone through in blocks, large ones by a loop that is compiled for it (`surplus`); both
see every permitted pair and find the same number to the last bit.
"""

from collections.abc import Iterable, Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.eligibility import iter_eligible_pairs
from services.matching.engine.instance import Instance
from services.matching.engine.verification.stage_duals import DualArrays, StageDuals, dual_arrays_of

FEW_PAIRS = 5_000_000
"""Mentees times mentors up to which blocks are done before the compiled loop would be loaded."""


def dual_bounds(
    pool: Instance, stages: Sequence[StageDuals], few_pairs: int = FEW_PAIRS
) -> list[float]:
    """The bound of each stage; memory does not grow with the number of pairs. Up to `few_pairs`
    mentees times mentors are done in blocks, more by the compiled loop."""
    all_duals = [dual_arrays_of(pool, stage) for stage in stages]
    most = _most_left(pool, all_duals, few_pairs)
    left = [most[:, n] + duals.credit for n, duals in enumerate(all_duals)]
    return [
        _compute_bound(pool, stage, np.maximum(rest, 0.0).tolist())
        for stage, rest in zip(stages, left, strict=True)
    ]


def _most_left(pool: Instance, stages: Sequence[DualArrays], few_pairs: int) -> NDArray[np.float64]:
    if len(pool.mentees) * len(pool.mentors) <= few_pairs:
        return by_blocks(pool, stages)
    from services.matching.engine.verification.bound_kernel import (  # noqa: PLC0415 - loads the compiler
        by_loop,
    )

    return by_loop(pool, stages)


def by_blocks(pool: Instance, stages: Sequence[DualArrays]) -> NDArray[np.float64]:
    """The most that any permitted mentor leaves to each mentee, before credit, at each stage;
    shape (mentees, all_duals), minus infinity where nobody is permitted."""
    most = np.full((len(pool.mentees), len(stages)), -np.inf)
    for block in iter_eligible_pairs(pool):
        first = np.flatnonzero(np.diff(block.mentee, prepend=-1))  # a mentee's pairs are together
        for n, duals in enumerate(stages if len(first) else ()):
            value = block.score if duals.scored else duals.service_value[block.mentee]
            rest = value - duals.pairs - duals.price[block.mentor]
            most[block.mentee[first], n] = np.maximum.reduceat(rest, first)
    return most


def _compute_bound(pool: Instance, stage: StageDuals, left: Iterable[float]) -> float:
    prices = stage.prices
    places = [m.capacity * prices.mentors.get(m.id, 0.0) for m in pool.mentors]
    caps = [cap * prices.associations.get(k, 0.0) for k, cap in pool.caps.items()]
    floors = [stage.floors[public] * price for public, price in prices.floors.items()]
    return fsum([prices.pairs * stage.pairs, *places, *caps, *left, *(-f for f in floors)])
