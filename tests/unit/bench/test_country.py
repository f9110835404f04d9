"""The invented country: the same for a seed, plausible, with caps and floors that bind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from deploy.bench.matching.country import AT, FLOOR, Size, national
from services.matching.domain.fingerprint import inputs_sha256
from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.policy import Policy
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import RoundResult
from services.matching.engine.eligibility import iter_eligible_pairs
from services.matching.engine.instance import pool_of
from services.matching.engine.solve import solve
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, PUBLICS, SECTORS, SLOTS


@pytest.fixture(scope="module")
def country() -> RoundInput:
    return national(Size(2_000, 2_000, seed=1))


@pytest.fixture(scope="module")
def small() -> RoundInput:
    return national(Size(200, 200, seed=5))


@pytest.fixture(scope="module")
def fair(small: RoundInput) -> RoundResult:
    return solve(small)


def test_a_seed_gives_the_same_country(small: RoundInput) -> None:
    assert national(Size(200, 200, seed=5)) == small
    assert inputs_sha256(national(Size(200, 200, seed=6))) != inputs_sha256(small)


def test_a_known_seed_gives_known_people() -> None:
    """What is measured on one machine is measured on the same people on another."""
    given = national(Size(20, 20, seed=3))
    assert inputs_sha256(given)[:16] == "144a44503e861622"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_about_a_tenth_of_all_pairs_is_permitted(seed: int) -> None:
    pool = pool_of(national(Size(2_000, 2_000, seed)))
    permitted = sum(len(block) for block in iter_eligible_pairs(pool))
    assert 0.09 < permitted / 2_000**2 < 0.125


def test_sides_may_differ_and_be_tiny() -> None:
    given = national(Size(1, 40, seed=0))
    assert (len(given.mentees), len(given.mentors)) == (1, 40)


def test_everybody_uses_the_vocabulary(country: RoundInput) -> None:
    people: tuple[Mentee | Mentor, ...] = (*country.mentees, *country.mentors)
    for person in people:
        assert person.department in DEPARTMENTS
        assert person.commune is None or person.commune.startswith(person.department)
        assert person.commune is None or len(person.commune) == 5
        assert person.slots <= set(SLOTS)
        assert person.slots
        assert person.languages
        assert person.sectors <= set(SECTORS)
    assert all(m.needs and m.needs <= set(NEEDS) for m in country.mentees)
    assert all(m.level in LEVELS and m.publics <= set(PUBLICS) for m in country.mentees)
    assert all(m.offers <= set(NEEDS) and m.levels <= set(LEVELS) for m in country.mentors)


def test_the_mix_is_plausible(country: RoundInput) -> None:
    mentees, mentors = country.mentees, country.mentors
    assert all(AT - timedelta(days=40) <= mentee.since <= AT for mentee in mentees)
    assert 0.6 < _share(m.minor_at(AT) for m in mentees) < 0.8
    assert 0.4 < _share(m.cleared is not False for m in mentors) < 0.55
    assert 0.07 < _share(FLOOR.public in m.publics for m in mentees) < 0.13
    assert 0.18 < _share("qpv" in m.publics for m in mentees) < 0.26
    assert 0.9 < _share("fr" in m.languages for m in mentees) < 1
    assert 0.02 < _share(m.association is not None for m in mentees) < 0.5
    assert 0.3 < _share(m.association is not None for m in mentors) < 0.5
    assert {m.capacity for m in mentors} == {1, 2, 3}
    assert Counter(m.department for m in mentees).most_common(1)[0][0] in {"59", "75", "13"}


def test_each_association_takes_nine_tenths_of_its_places(country: RoundInput) -> None:
    places = Counter[str]()
    for mentor in country.mentors:
        if mentor.association is not None:
            places[mentor.association] += mentor.capacity
    assert len(country.caps) == 33
    assert country.caps == {name: places[name] * 9 // 10 for name in country.caps}


def test_the_caps_bind(small: RoundInput, fair: RoundResult) -> None:
    free = solve(replace(small, associations=()))
    assert len(free.pairs) > len(fair.pairs)
    taken = _count_taken(small, free)
    assert sum(taken[name] > cap for name, cap in small.caps.items()) > len(small.caps) / 2
    held = _count_taken(small, fair)
    assert all(held[name] <= cap for name, cap in small.caps.items())


def test_the_floor_binds(small: RoundInput, fair: RoundResult) -> None:
    unfair = solve(replace(small, policy=Policy()))
    publics = {mentee.id: mentee.publics for mentee in small.mentees}
    served = sum(FLOOR.public in publics[pair.mentee_id] for pair in unfair.pairs)
    (floor,) = fair.floors
    assert len(unfair.pairs) == len(fair.pairs)
    assert served < floor.wanted <= floor.served
    assert unfair.score > fair.score


def _share(answers: Iterable[bool]) -> float:
    values = list(answers)
    return sum(values) / len(values)


def _count_taken(given: RoundInput, result: RoundResult) -> Counter[str]:
    home = {mentor.id: mentor.association for mentor in given.mentors}
    return Counter(home[pair.mentor_id] or "" for pair in result.pairs)
