"""Each gate stops what it is for, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.matching.domain.gates import GATES, closed_gates
from services.matching.domain.policy import Policy
from services.matching.domain.round_input import Terms
from tests.unit.matching.people import AT, MENTEE, MENTOR

TERMS = Terms(AT)
SUPERVISED = Terms(AT, Policy("lyceens-1", minor_mentors="supervised"))
MINOR = date(2010, 1, 1)
YOUNG_MENTOR = AT.replace(year=AT.year - 18) + timedelta(days=1)


def test_a_fitting_pair_passes_every_gate() -> None:
    assert closed_gates(MENTEE, MENTOR, TERMS) == ()


@pytest.mark.parametrize(
    ("gate", "mentee", "mentor", "terms"),
    [
        ("need", {"needs": frozenset({"studies"})}, {}, TERMS),
        ("slot", {"slots": frozenset({"sun_am"})}, {}, TERMS),
        ("language", {"languages": frozenset({"ps"})}, {}, TERMS),
        ("level", {"level": "primary"}, {}, TERMS),
        ("place", {"remote": False}, {"department": "01", "commune": None}, TERMS),
        ("place", {}, {"remote": False, "department": "01", "commune": None}, TERMS),
        ("safety", {"born": MINOR}, {"cleared": False}, TERMS),
        ("safety", {"born": MINOR}, {"cleared": AT - timedelta(days=1)}, TERMS),
        ("safety", {}, {"born": YOUNG_MENTOR}, TERMS),
        ("safety", {"born": MINOR}, {"born": YOUNG_MENTOR, "cleared": False}, SUPERVISED),
        ("association", {"association": "a"}, {"association": "b"}, TERMS),
        ("avoid", {"avoid": frozenset({"m1"})}, {}, TERMS),
        ("avoid", {}, {"avoid": frozenset({"j1"})}, TERMS),
        ("avoid", {}, {}, Terms(AT, past=frozenset({("j1", "m1")}))),
        ("capacity", {}, {"capacity": 0}, TERMS),
        ("min_score", {}, {}, Terms(AT, Policy(min_score=0.9))),
    ],
)
def test_a_gate_closes_alone(
    gate: str, mentee: dict[str, Any], mentor: dict[str, Any], terms: Terms
) -> None:
    pair = replace(MENTEE, **mentee), replace(MENTOR, **mentor)
    assert closed_gates(*pair, terms) == (gate,)


@pytest.mark.parametrize(
    ("mentee", "mentor"),
    [
        ({"remote": False}, {"remote": False}),
        ({"born": MINOR}, {"cleared": True}),
        ({"born": MINOR}, {"cleared": AT}),
        ({"born": MINOR}, {"born": YOUNG_MENTOR}),
        ({}, {"born": YOUNG_MENTOR - timedelta(days=1)}),
        ({}, {"cleared": AT - timedelta(days=1)}),
        ({"association": "a"}, {"association": None}),
        ({"association": None}, {"association": "b"}),
        ({"association": "a"}, {"association": "a"}),
        ({"avoid": frozenset({"M1", " m1"})}, {}),
    ],
)
def test_what_is_no_obstacle(mentee: dict[str, Any], mentor: dict[str, Any]) -> None:
    assert closed_gates(replace(MENTEE, **mentee), replace(MENTOR, **mentor), TERMS) == ()


def test_a_programme_that_supervises_mentors_under_18_lets_them_meet_adults() -> None:
    pupil = replace(MENTOR, born=YOUNG_MENTOR, cleared=False)
    assert closed_gates(MENTEE, pupil, TERMS) == ("safety",)
    assert closed_gates(MENTEE, pupil, SUPERVISED) == ()


@pytest.mark.parametrize(
    ("born", "minor"),
    [
        (None, False),
        (date(2008, 1, 15), False),
        (date(2008, 1, 16), True),
        (date(2007, 12, 31), False),
        (date(2030, 1, 1), True),
    ],
)
def test_safety_ends_on_the_eighteenth_birthday(born: date | None, minor: bool) -> None:
    assert replace(MENTEE, born=born).minor_at(AT) is minor


def test_born_on_29_february_comes_of_age_on_1_march() -> None:
    leapling = replace(MENTEE, born=date(2008, 2, 29))
    assert leapling.minor_at(date(2026, 2, 28))
    assert not leapling.minor_at(date(2026, 3, 1))


def test_min_score_has_its_tolerance() -> None:
    score = 0.4 * 0.5 + 0.15 * 0.5 + 0.15 / 3 + 0.1 + 0.2 * 0.4
    for least, closed in ((score + 1e-13, ()), (score + 1e-11, ("min_score",))):
        assert closed_gates(MENTEE, MENTOR, Terms(AT, Policy(min_score=least))) == closed


def test_the_gates_are_the_ten_of_the_contract() -> None:
    names = "need slot language level place safety association avoid capacity min_score"
    assert list(GATES) == names.split()
