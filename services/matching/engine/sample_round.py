"""A small round that goes through every compiled loop, by the types that real rounds have."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.policy import Floor, Policy
from services.matching.domain.round_input import RoundInput
from services.matching.engine.column_generation.candidate_index import CandidateIndex
from services.matching.engine.column_generation.warm_start import estimate_prices
from services.matching.engine.instance import pool_of
from services.matching.engine.solve import solve
from services.matching.engine.verification.dual_bound import dual_bounds
from services.matching.engine.verification.stage_duals import SCORE, StageDuals
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, PUBLICS, SLOTS

_DAY = date(2026, 1, 15)
_HOMES = ("a1", "a2", None)


def solve_sample_round() -> None:
    """Solve and price it as one of too many pairs to be listed."""
    given = sample_round(60)
    result = solve(given, most_listed=0)
    pool = pool_of(given)
    estimate_prices(CandidateIndex(pool), np.zeros(len(pool.mentees)))
    wanted = {floor.public: floor.wanted for floor in result.floors}
    stage = StageDuals(SCORE, result.certificate.score.prices, floors=wanted)
    dual_bounds(pool, [stage], few_pairs=0)


def sample_round(size: int) -> RoundInput:
    """As many young people, half as many mentors, with a cap, a floor and former pairs."""
    public = PUBLICS[0]
    return RoundInput(
        tuple(_mentee(n, public) for n in range(size)),
        tuple(_mentor(n) for n in range(size // 2)),
        _DAY,
        (Association("a1", 5),),
        frozenset((f"j{n}", f"m{n}") for n in range(0, size // 2, 7)),
        Policy(version="sample", floors=(Floor(public, Decimal("0.3")),)),
    )


def _mentee(n: int, public: str) -> Mentee:
    return Mentee(
        f"j{n}",
        frozenset({_pick(NEEDS, n), _pick(NEEDS, n // 3)}),
        frozenset({_pick(SLOTS, n), _pick(SLOTS, n // 2)}),
        _pick(LEVELS, n % 2),
        _pick(DEPARTMENTS, n % 3),
        date(2025, 1 + n % 12, 1),
        publics=frozenset({public} if n % 4 == 0 else ()),
        association=_HOMES[n % 3],
    )


def _mentor(n: int) -> Mentor:
    return Mentor(
        f"m{n}",
        frozenset({_pick(NEEDS, n), _pick(NEEDS, n // 2)}),
        frozenset({_pick(SLOTS, n), _pick(SLOTS, n // 3)}),
        frozenset({_pick(LEVELS, 0), _pick(LEVELS, 1)}),
        _pick(DEPARTMENTS, n % 3),
        capacity=1 + n % 2,
        association=_HOMES[n % 2],
    )


def _pick(words: Sequence[str], n: int) -> str:
    return words[n % len(words)]
