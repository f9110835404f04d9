"""The naive reference solves the whole problem: it finds what the engine finds, more slowly."""

from dataclasses import replace
from decimal import Decimal
from math import fsum

import pytest

from deploy.bench.matching.country import FLOOR, Size, national
from deploy.bench.matching.outcome import Outcome
from deploy.bench.matching.solvers import naive_program
from services.matching.domain.policy import Floor, Policy
from services.matching.domain.round_input import RoundInput
from services.matching.domain.score import components_of, score_of
from services.matching.engine.solve import solve


@pytest.fixture(scope="module")
def given() -> RoundInput:
    return national(Size(80, 80, seed=3))


def solve_naively(given: RoundInput, limit: float = 60) -> Outcome:
    (outcome,) = naive_program.run(given, limit)
    return outcome


def score(given: RoundInput, outcome: Outcome) -> float:
    mentees = {person.id: person for person in given.mentees}
    mentors = {person.id: person for person in given.mentors}
    made = [(mentees[a], mentors[b]) for a, b in outcome.pairs or ()]
    return fsum(score_of(components_of(a, b, given.at), given.policy.weights) for a, b in made)


def test_it_finds_what_the_engine_finds(given: RoundInput) -> None:
    outcome, result = solve_naively(given), solve(given)
    assert len(outcome.pairs or ()) == len(result.pairs)
    assert score(given, outcome) == pytest.approx(result.score, rel=1e-4)
    assert set(outcome.steps) == {"pairs", "model", "solve"}


def test_a_floor_beyond_reach_is_served_as_far_as_it_can_be(given: RoundInput) -> None:
    eager = replace(given, policy=Policy(floors=(Floor(FLOOR.public, Decimal("0.9")),)))
    outcome, result = solve_naively(eager), solve(eager)
    publics = {mentee.id: mentee.publics for mentee in given.mentees}
    served = sum(FLOOR.public in publics[mentee] for mentee, _ in outcome.pairs or ())
    assert served == result.floors[0].served < result.floors[0].wanted
    assert score(eager, outcome) == pytest.approx(result.score, rel=1e-4)


def test_out_of_time_it_has_no_result_but_a_reason(given: RoundInput) -> None:
    outcome = solve_naively(given, limit=1e-9)
    assert outcome.limit_reached
    assert outcome.pairs is None
    assert outcome.gap is None


def test_nothing_permitted_is_nothing_made(given: RoundInput) -> None:
    strict = replace(given, policy=replace(given.policy, min_score=1.0))
    assert solve_naively(strict).pairs == []
