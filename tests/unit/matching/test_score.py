"""The components, one by one, and the weighted sum."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.domain.score import components_of, score_of
from services.matching.domain.weights import Components, Weights
from tests.unit.matching.people import AT, MENTEE, MENTOR


def test_a_pair_has_the_score_worked_out_by_hand() -> None:
    found = components_of(MENTEE, MENTOR, AT)
    assert found == Components(needs=0.5, sectors=0.5, slots=1 / 3, proximity=1.0, waiting=0.4)
    assert score_of(found, Weights()) == pytest.approx(0.2 + 0.075 + 0.05 + 0.1 + 0.08)


def test_no_sector_named_counts_nothing() -> None:
    assert components_of(replace(MENTEE, sectors=frozenset()), MENTOR, AT).sectors == 0.0


@pytest.mark.parametrize(("shared", "value"), [(1, 1 / 3), (2, 2 / 3), (3, 1.0), (4, 1.0)])
def test_three_shared_slots_are_enough(shared: int, value: float) -> None:
    slots = frozenset(["mon_am", "mon_pm", "tue_am", "tue_pm"][:shared])
    assert components_of(replace(MENTEE, slots=slots), replace(MENTOR, slots=slots), AT).slots == (
        value
    )


@pytest.mark.parametrize(
    ("department", "commune", "value"),
    [
        ("69", "69123", 1.0),
        ("69", "69001", 0.7),
        ("69", None, 0.7),
        ("01", None, 0.4),
        ("75", None, 0.0),
    ],
)
def test_nearer_is_better(department: str, commune: str | None, value: float) -> None:
    mentor = replace(MENTOR, department=department, commune=commune)
    assert components_of(MENTEE, mentor, AT).proximity == value


def test_two_unknown_communes_are_not_the_same() -> None:
    pair = replace(MENTEE, commune=None), replace(MENTOR, commune=None)
    assert components_of(*pair, AT).proximity == 0.7


@pytest.mark.parametrize(("days", "value"), [(-3, 0), (0, 0), (1, 1 / 30), (30, 1), (400, 1)])
def test_waiting_counts_up_to_thirty_days(days: int, value: float) -> None:
    mentee = replace(MENTEE, since=AT - timedelta(days=days))
    assert components_of(mentee, MENTOR, AT).waiting == value
