"""The engine against slow readings of the rules, on rounds drawn from printed seeds."""

import random
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import numpy as np
import pytest

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.policy import Floor, Objective, Policy
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import RoundResult
from services.matching.engine.solve import MOST_LISTED, solve
from services.matching.engine.verification.verifier import verify_round
from tests.support.seeds import seeds
from tests.unit.matching.people import MENTEE, MENTOR, Draw, a_round
from tests.unit.matching.reference import Best, permitted_pairs, solve_by_program, try_every_round


def best_of(given: RoundInput, result: RoundResult) -> Best:
    """The engine's result in the form of the references."""
    proofs = result.certificate.floors or ()
    return Best(len(result.pairs), tuple(proof.value for proof in proofs), result.score)


NONE_LISTED = -1
"""No round is so small that all its pairs are listed."""


def holds(given: RoundInput, reference: Best, seed: int, most_listed: int = MOST_LISTED) -> None:
    """The engine finds the reference's optimum and the verifier accepts it."""
    result = solve(given, most_listed=most_listed)
    found = best_of(given, result)
    assert found.score == pytest.approx(reference.score, abs=1e-8), f"seed {seed}"
    if given.policy.objective == "most_pairs":
        assert (found.pairs, found.floors) == (reference.pairs, reference.floors), f"seed {seed}"
    verdict = verify_round(given, result)
    assert verdict.accepted, f"seed {seed}: {verdict}"
    assert result.permitted == len(permitted_pairs(given)), f"seed {seed}"


@pytest.mark.parametrize("block", range(10))
def test_no_round_of_all_there_are_is_better(block: int) -> None:
    for seed in range(block * 25, block * 25 + 25):
        given = Draw(seed).round(7, 6)
        holds(given, try_every_round(given), seed)


@pytest.mark.parametrize("seed", range(1000, 1020))
def test_the_full_model_finds_no_better_for_forty_people(seed: int) -> None:
    given = Draw(seed).round(40, 40)
    holds(given, solve_by_program(given), seed)


@pytest.mark.parametrize("seed", [1014, 1046, 1135, 1139])
def test_crossing_floors_that_prices_cannot_prove_are_closed_by_branch_and_bound(seed: int) -> None:
    given = Draw(seed, ages=False).round(40, 40)
    holds(given, solve_by_program(given), seed)
    result = solve(given)
    proof = result.certificate.score
    assert proof.proved_by == "branch_and_bound"
    assert proof.gap > 1e-6
    assert (result.gap, result.bound) == (0.0, result.score)
    assert len(verify_round(given, result).notes) == 1


@pytest.mark.parametrize("seed", range(2000, 2012))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    given = Draw(seed).round(30, 30)
    shuffle = random.Random(seed)
    shuffled = replace(
        given,
        mentees=tuple(shuffle.sample(given.mentees, len(given.mentees))),
        mentors=tuple(shuffle.sample(given.mentors, len(given.mentors))),
        associations=tuple(reversed(given.associations)),
    )
    first, second = solve(given), solve(shuffled)
    assert first.pairs == second.pairs, f"seed {seed}"
    assert first.certificate == second.certificate, f"seed {seed}"
    assert first.explanations == second.explanations, f"seed {seed}"


def test_everybody_identical_still_gives_the_same_pairs() -> None:
    mentees = [replace(MENTEE, id=f"j{n}") for n in range(12)]
    mentors = [replace(MENTOR, id=f"m{n}") for n in range(7)]
    forwards = solve(a_round(mentees, mentors))
    backwards = solve(a_round(mentees[::-1], mentors[::-1]))
    assert len(forwards.pairs) == 7
    assert forwards.pairs == backwards.pairs


@pytest.mark.parametrize(
    ("mentees", "mentors"),
    [([], []), ([MENTEE], []), ([], [MENTOR]), ([MENTEE], [replace(MENTOR, capacity=0)])],
)
@pytest.mark.parametrize("objective", ["most_pairs", "score"])
@pytest.mark.parametrize("most_listed", [MOST_LISTED, NONE_LISTED])
def test_nobody_to_pair_is_an_empty_round_with_its_proof(
    mentees: list[Mentee], mentors: list[Mentor], objective: Objective, most_listed: int
) -> None:
    given = a_round(mentees, mentors, policy=Policy(objective=objective))
    result = solve(given, most_listed=most_listed)
    assert (result.pairs, result.score, result.gap) == ((), 0.0, 0.0)
    assert len(result.explanations) == len(mentees)
    assert verify_round(given, result).accepted


@pytest.mark.parametrize("most_listed", [MOST_LISTED, NONE_LISTED])
def test_a_floor_nobody_can_serve_is_reported_and_costs_nothing(most_listed: int) -> None:
    policy = Policy(floors=(Floor("ase", Decimal("0.5")),))
    given = a_round([MENTEE], [MENTOR], policy=policy)
    result = solve(given, most_listed=most_listed)
    assert len(result.pairs) == 1
    assert [(floor.wanted, floor.served) for floor in result.floors] == [(1, 0)]
    assert result.price_of_fairness == 0.0
    assert verify_round(given, result).accepted


def test_a_floor_has_its_price() -> None:
    close_ = replace(MENTEE, id="close", since=MENTEE.since.replace(year=2025, month=1))
    far = replace(MENTEE, id="far", commune=None, publics=frozenset({"ase"}))
    policy = Policy(floors=(Floor("ase", Decimal("0.1")),))
    result = solve(a_round([close_, far], [MENTOR], policy=policy))
    assert [pair.mentee_id for pair in result.pairs] == ["far"]
    free = solve(a_round([close_, far], [MENTOR]))
    assert result.price_of_fairness == pytest.approx(free.score - result.score)
    assert result.price_of_fairness is not None
    assert result.price_of_fairness > 0


def test_most_pairs_come_before_the_score() -> None:
    """One mentor fits both mentees, the other only the first: the first must leave her best."""
    strong = replace(MENTEE, id="strong")
    narrow = replace(MENTEE, id="narrow", slots=frozenset({"wed_pm"}), sectors=frozenset())
    good = replace(MENTOR, id="good")
    poor = replace(MENTOR, id="poor", slots=frozenset({"mon_am"}), commune=None, department="01")
    given = a_round([strong, narrow], [good, poor])
    pairs = {pair.mentee_id: pair.mentor_id for pair in solve(given).pairs}
    assert pairs == {"strong": "poor", "narrow": "good"}


def test_ids_that_differ_in_case_or_spaces_are_different_people() -> None:
    mentees = [replace(MENTEE, id=name) for name in ("a", "A", " a", "a ")]
    result = solve(a_round(mentees, [replace(MENTOR, capacity=4)]))
    assert [pair.mentee_id for pair in result.pairs] == [" a", "A", "a", "a "]


@pytest.mark.parametrize("block", range(2))
def test_a_country_of_a_few_is_solved_as_every_round_of_them_is(block: int) -> None:
    """The method for a whole country, on rounds small enough to try every choice."""
    for seed in range(4000 + block * 25, 4025 + block * 25):
        given = Draw(seed).round(7, 6)
        holds(given, try_every_round(given), seed, most_listed=NONE_LISTED)


@pytest.mark.parametrize("seed", seeds(range(5000, 5200), quick=40))
def test_a_country_of_forty_is_solved_as_the_full_model_does(seed: int) -> None:
    """Floors (crossing or not), caps, avoid lists and minors: equal in pairs, floors and score."""
    given = Draw(seed).round(40, 40)
    holds(given, solve_by_program(given), seed, most_listed=NONE_LISTED)


@pytest.mark.parametrize("seed", range(6000, 6006))
def test_the_order_of_rows_changes_nothing_in_a_country(seed: int) -> None:
    given = Draw(seed).round(60, 60)
    shuffle = random.Random(seed)
    shuffled = replace(
        given,
        mentees=tuple(shuffle.sample(given.mentees, len(given.mentees))),
        mentors=tuple(shuffle.sample(given.mentors, len(given.mentors))),
    )
    first, second = (solve(one, most_listed=NONE_LISTED) for one in (given, shuffled))
    assert first.pairs == second.pairs, f"seed {seed}"
    assert first.certificate == second.certificate, f"seed {seed}"


def test_a_thousand_who_are_all_alike_are_paired_and_proved() -> None:
    """A million pairs of one value, of which nobody can list the best."""
    mentees = [replace(MENTEE, id=f"j{n:04}") for n in range(1000)]
    mentors = [replace(MENTOR, id=f"m{n:04}") for n in range(1000)]
    given = a_round(mentees, mentors)
    result = solve(given, explain=False)
    assert (len(result.pairs), result.permitted) == (1000, 1_000_000)
    assert verify_round(given, result).accepted


def test_many_mentees_for_a_few_places_is_proved_too() -> None:
    """Prices are sums of rounded costs: what that leaves each who waits must not add up."""
    mentees = [replace(MENTEE, id=f"j{n:05}") for n in range(20_000)]
    mentors = [replace(MENTOR, id=f"m{n}") for n in range(3)]
    given = a_round(mentees, mentors)
    result = solve(given, explain=False, most_listed=NONE_LISTED)
    assert len(result.pairs) == 3
    assert verify_round(given, result).accepted


@pytest.mark.parametrize("seed", seeds(range(5300, 5340), quick=10))
def test_the_round_is_the_same_from_any_prices_kept(seed: int) -> None:
    """Of rounds as good, the one that is made depends on the people alone: to the last pair."""
    given = Draw(seed).round(40, 40)
    cold = solve(given, explain=False, most_listed=NONE_LISTED)
    luck = np.random.default_rng(seed)
    for most in (0.05, 1.0, 9.0):
        kept = NamedDuals({mentor.id: float(luck.uniform(0, most)) for mentor in given.mentors})
        warm = solve(given, explain=False, most_listed=NONE_LISTED, warm_duals=kept)
        assert warm.pairs == cold.pairs, f"seed {seed}"
    again = solve(
        given, explain=False, most_listed=NONE_LISTED, warm_duals=cold.certificate.score.prices
    )
    assert again.pairs == cold.pairs, f"seed {seed}"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_equals_that_crossing_floors_tell_apart_are_not_exchanged(order: tuple[int, ...]) -> None:
    """All alike but for their publics: a round as good without floors may break them."""
    publics = [{"rural"}, {"rural", "ase"}, {"ase"}, set[str]()]
    mentees = [
        replace(MENTEE, id=f"j{place}", publics=frozenset(publics[who]))
        for place, who in enumerate(order)
    ]
    mentors = [replace(MENTOR, id="m1"), replace(MENTOR, id="m2")]
    half = Decimal("0.5")
    given = a_round(
        mentees, mentors, policy=Policy(floors=(Floor("rural", half), Floor("ase", half)))
    )
    result = solve(given, most_listed=NONE_LISTED)
    assert [floor.served >= 1 for floor in result.floors] == [True, True]
    assert verify_round(given, result).accepted
