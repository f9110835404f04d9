"""What the check of a proof knows of a pair's score before it sees the pair: every product of a
weight and a component that can come up, and what the stages count."""

from collections.abc import Sequence
from typing import NamedTuple

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
from services.matching.engine.instance import Instance
from services.matching.engine.verification.stage_duals import DualArrays
from shared.contracts.vocabulary import NEEDS, SECTORS, SLOTS


class ScoreTables(NamedTuple):
    """Weight × component: of `needs` and `sectors` by (how many are wanted, how many shared), of
    `slots` by how many are shared, of `near` by commune, département, region or elsewhere, of
    `waiting` by mentee. `least`: the score from which a pair is permitted.

    A stage a column: is the score `scored`, what else is a mentee `counted` for, and the price
    of every pair (`pairs`).
    """

    needs: NDArray[np.float64]
    sectors: NDArray[np.float64]
    slots: NDArray[np.float64]
    near: NDArray[np.float64]
    waiting: NDArray[np.float64]
    least: float
    scored: NDArray[np.bool_]
    counted: NDArray[np.float64]
    pairs: NDArray[np.float64]


class ForbiddenPairs(NamedTuple):
    """The mentors that mentee i must not meet: `mentor` from `start[i]` to `start[i + 1]`."""

    start: NDArray[np.int64]
    mentor: NDArray[np.int64]


def score_tables_of(pool: Instance, stages: Sequence[DualArrays]) -> ScoreTables:
    """The tables of a pool's policy, and its stages side by side."""
    policy, weights = pool.terms.policy, pool.terms.policy.weights
    near = np.array([SAME_COMMUNE, SAME_DEPARTMENT, SAME_REGION, ELSEWHERE])
    slots = np.minimum(np.arange(len(SLOTS) + 1), ENOUGH_SLOTS) / ENOUGH_SLOTS
    return ScoreTables(
        needs=weights.needs * _shares(len(NEEDS)),
        sectors=weights.sectors * _shares(len(SECTORS)),
        slots=weights.slots * slots,
        near=weights.proximity * near,
        waiting=weights.waiting * pool.mentee_side.waiting,
        least=policy.min_score - SCORE_TOLERANCE,
        scored=np.array([duals.scored for duals in stages]),
        counted=np.stack([duals.service_value for duals in stages], axis=1),
        pairs=np.array([duals.pairs for duals in stages], dtype=np.float64),
    )


def _shares(words: int) -> NDArray[np.float64]:
    """Shared over wanted; 0 where nothing is wanted."""
    wanted, shared = np.ogrid[: words + 1, : words + 1]
    return np.asarray(shared / np.maximum(wanted, 1))


def forbidden_pairs_of(pool: Instance) -> ForbiddenPairs:
    """Whom the gate `avoid` keeps apart, mentee by mentee."""
    mentors = len(pool.mentors)
    edges = np.arange(len(pool.mentees) + 1, dtype=np.int64) * mentors
    start = np.searchsorted(pool.kept_apart, edges).astype(np.int64)
    return ForbiddenPairs(start, pool.kept_apart % max(1, mentors))
