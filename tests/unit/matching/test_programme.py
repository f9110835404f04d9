"""A programme is changed by given settings, or refused with the name of the invalid one."""

import pytest

from services.matching.domain.explanation import Blocking, Opening
from services.matching.domain.explanation_key import explanation_key, step_of
from services.matching.domain.policy import DEFAULT_POLICY, Policy
from services.matching.domain.programme import Changes, InvalidProgramme, Programme, apply_changes

POLICY = Policy(version="2026-01", min_score=0.3)


def test_settings_not_given_stay() -> None:
    first = apply_changes(Programme("rural"), Changes(cadence="day", policy=POLICY))
    assert first == Programme("rural", "automatic", "day", POLICY)
    assert apply_changes(first, Changes(mode="selection")) == Programme(
        "rural", "selection", "day", POLICY
    )
    assert apply_changes(first, Changes(policy=DEFAULT_POLICY)).policy == DEFAULT_POLICY
    asking = apply_changes(first, Changes(mode="proposal", answer_days=4))
    assert (asking.mode, asking.answer_days) == ("proposal", 4)
    assert apply_changes(asking, Changes(cadence="minute", answer_days=60)).answer_days == 60
    assert apply_changes(asking, Changes(cadence="minute")).answer_days == 4


@pytest.mark.parametrize(
    ("code", "changes", "named"),
    [
        ("rural", Changes(mode="lottery"), "--mode"),
        ("rural", Changes(answer_days=3), "--answer-days"),
        ("rural", Changes(answer_days=61), "--answer-days"),
        ("rural", Changes(answer_days=0), "--answer-days"),
        ("rural", Changes(cadence="hour"), "--cadence"),
        ("Rural", Changes(), "Rural"),
        ("", Changes(), "programme"),
        ("r" * 41, Changes(), "programme"),
        ("rural", Changes(policy=Policy(min_score=0.3)), "version"),
    ],
)
def test_anything_else_is_refused_by_name(code: str, changes: Changes, named: str) -> None:
    with pytest.raises(InvalidProgramme) as refusal:
        apply_changes(Programme(code), changes)
    assert named in str(refusal.value)


@pytest.mark.parametrize(("count", "step"), [(0, 0), (1, 1), (4, 3), (41, 20), (99_999, 10_000)])
def test_counts_are_compared_in_steps(count: int, step: int) -> None:
    assert step_of(count) == step


def test_an_explanation_key_changes_with_the_picture_and_not_with_each_count() -> None:
    def blocking(permitted: int, change: str = "remote", mentors: int = 25) -> Blocking:
        return Blocking("taken", None, permitted, Opening(change, mentors), "…", "…")

    assert (
        explanation_key(blocking(41))
        == explanation_key(blocking(42))
        == explanation_key(blocking(42, mentors=30))
    )
    assert explanation_key(blocking(41)) != explanation_key(blocking(51))
    assert explanation_key(blocking(41)) != explanation_key(blocking(41, change="language:en"))
    assert explanation_key(Blocking("gate", None, 0, None, "…", "…"))["change"] is None
