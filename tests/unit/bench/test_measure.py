"""A solver that cannot run has a reason in the report; it is no error."""

from subprocess import CompletedProcess

import pytest

from deploy.bench.matching import measure
from deploy.bench.matching.country import Size
from deploy.bench.matching.measure import bench
from deploy.bench.matching.outcome import Timings
from deploy.bench.matching.row import Row
from deploy.bench.matching.solvers import SOLVERS, Solver

SIZE = Size(20, 20, seed=1)


def _ignore(way: str) -> None:
    """Nobody follows."""


def test_a_missing_package_is_named() -> None:
    absent = Solver("sparse_assignment", "no_such_package")
    found = bench(SIZE, {"scipy": absent}, 1, _ignore)
    assert found.rows == (
        Row("scipy", "not_installed", says="no_such_package n'est pas installé ici."),
    )
    assert (found.permitted, found.density) == (None, None)


@pytest.mark.parametrize(
    ("way", "people"), [("pulp", 2_001), ("scipy", 50_000), ("ortools", 50_000)]
)
def test_a_country_too_large_for_a_way_is_passed_by(way: str, people: int) -> None:
    (row,) = bench(Size(people, people, seed=1), {way: SOLVERS[way]}, 1, _ignore).rows
    assert row.status == "too_large"
    assert "la mémoire n'y suffirait pas" in (row.says or "")
    assert row.seconds is None


def test_the_sizes_that_are_promised_are_taken() -> None:
    assert SOLVERS["pulp"].takes(2_000, 2_000)
    assert SOLVERS["ortools"].takes(20_000, 20_000)
    assert SOLVERS["scipy"].takes(20_000, 20_000)
    assert SOLVERS["binome"].takes(100_000, 100_000)


def test_a_process_that_dies_leaves_a_sentence() -> None:
    (row,) = measure.apart("no_such_way", SIZE, 1)
    assert (row.way, row.status) == ("no_such_way", "failed")
    assert row.says == "arrêté avec le statut 1 : KeyError: 'no_such_way'"
    killed = CompletedProcess([], -9, "", "")
    assert measure.describe_end(killed) == "arrêté par le signal 9 (la mémoire, peut-être)."


def test_rows_are_set_beside_the_projects_own() -> None:
    own = Row("binome", "measured", seconds=2.0, peak_mb=100.0, score=10.0)
    other = Row("ortools", "measured", seconds=6.0, peak_mb=1_000.0, score=10.5)
    other.beside(own)
    assert (other.times_seconds, other.times_memory, other.score_difference) == (3.0, 10.0, 0.5)
    absent = Row("scipy", "not_installed")
    absent.beside(own)
    assert absent == Row("scipy", "not_installed")


def test_timings_add_up_a_step_that_comes_twice() -> None:
    ticks = iter([0.0, 1.0, 1.0, 3.0, 3.0, 4.5])
    timings = Timings(lambda: next(ticks))
    for step in ("model", "solve", "model"):
        timings.begin(step)
    assert timings.finish() == {"model": 2.5, "solve": 2.0}
