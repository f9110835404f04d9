"""HiGHS and its fallback decide and prove the same."""

import pytest

from services.matching.engine.certificate import certify
from services.matching.engine.duals import ListedPairs
from services.matching.engine.eligibility import eligible_pairs
from services.matching.engine.instance import pool_of
from services.matching.engine.lexicographic import decide
from services.matching.engine.mip_solver import CBC, HIGHS, best_solver
from tests.unit.matching.people import Draw


def test_highs_is_the_solver_where_it_can_be_had() -> None:
    assert best_solver() is HIGHS


@pytest.mark.parametrize("seed", [1001, 1003, 1014, 1046])
def test_cbc_finds_the_same_optimum_and_prices_that_prove_it(seed: int) -> None:
    given = Draw(seed).round(40, 40)
    pool = pool_of(given)
    pairs = eligible_pairs(pool)
    by_highs, by_cbc = (
        certify(given, pool, pairs, decide(pool, pairs, solver), ListedPairs(pairs))
        for solver in (HIGHS, CBC)
    )
    assert by_cbc.most_pairs is not None
    assert by_highs.most_pairs is not None
    assert by_cbc.floors is not None
    assert by_highs.floors is not None
    assert by_cbc.most_pairs.value == by_highs.most_pairs.value
    assert [f.value for f in by_cbc.floors] == [f.value for f in by_highs.floors]
    assert by_cbc.score.value == pytest.approx(by_highs.score.value, abs=1e-8)
    assert by_cbc.score.gap == pytest.approx(by_highs.score.gap, abs=1e-8)
