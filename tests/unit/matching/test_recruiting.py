"""The recruiting signal against rounds held again with the mentor it imagines."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.recruiting import (
    MOST_KINDS,
    REMOTE,
    Kind,
    Signal,
    imagine_mentor,
    rank_signals,
)
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import RoundResult
from services.matching.engine.marginal_value import signal_of
from services.matching.engine.solve import solve
from tests.unit.matching.people import AT, MENTEE, MENTOR, Draw, a_round

FAR = "974"
"""Nobody of the drawn rounds lives in its region."""


def signals(given: RoundInput, result: RoundResult) -> tuple[Signal, ...]:
    paired = {pair.mentee_id for pair in result.pairs}
    return signal_of(given, result.certificate, paired)


def with_one_more(given: RoundInput, kind: Kind) -> RoundResult:
    newcomer = replace(imagine_mentor(kind, FAR), id="newcomer")
    return solve(replace(given, mentors=(*given.mentors, newcomer)))


def floors_hold(before: RoundResult, after: RoundResult) -> bool:
    """A new mentor may raise an early floor at a later one's cost: that is another round."""
    old, new = before.certificate.floors or (), after.certificate.floors or ()
    return all(one.value >= other.value for one, other in zip(new, old, strict=True))


@pytest.mark.parametrize("seed", range(3000, 3025))
def test_no_newcomer_brings_more_than_the_signal(seed: int) -> None:
    given = Draw(seed).round(12, 8)
    before = solve(given)
    found_signals = signals(given, before)
    proof = before.certificate.score
    for signal in (*found_signals[:3], *found_signals[-2:]):
        after = with_one_more(given, signal.kind)
        risen = len(after.pairs) - len(before.pairs)
        if given.policy.objective == "most_pairs":
            assert risen <= signal.pairs, f"seed {seed}: {signal}"
        if floors_hold(before, after):
            most = proof.bound + signal.score + proof.prices.pairs * risen
            assert after.score <= most + 1e-7, f"seed {seed}: {signal}"


@pytest.mark.parametrize("seed", range(3000, 3025))
def test_a_kind_that_is_not_named_brings_nothing(seed: int) -> None:
    given = Draw(seed).round(12, 8)
    before = solve(given)
    found_signals = signals(given, before)
    assert len(found_signals) < MOST_KINDS, "else the list was cut"
    named = {signal.kind for signal in found_signals}
    others = [
        Kind(need, level, territory)
        for need in ("job", "orientation")
        for level in ("college", "lycee")
        for territory in ("69", REMOTE)
    ]
    for kind in (kind for kind in others if kind not in named):
        after = with_one_more(given, kind)
        assert len(after.pairs) <= len(before.pairs), f"seed {seed}: {kind}"
        if floors_hold(before, after):
            assert after.score <= before.certificate.score.bound + 1e-7, f"seed {seed}: {kind}"


def alone(name: str, **changes: Any) -> Mentee:
    return replace(MENTEE, id=name, **changes)


def exactly(given: RoundInput, kind: Kind) -> tuple[Signal, float, int]:
    """The signal of a kind, and what really comes of it: score and pairs."""
    before, after = solve(given), with_one_more(given, kind)
    (signal,) = (one for one in signals(given, before) if one.kind == kind)
    return signal, after.score - before.score, len(after.pairs) - len(before.pairs)


def test_somebody_without_anybody_gains_a_pair() -> None:
    lonely = alone("j1", level="primary")
    signal, score, pairs = exactly(a_round([lonely], [MENTOR]), Kind("job", "primary", "69"))
    assert (signal.pairs, pairs, signal.waiting) == (1, 1, 1)
    assert signal.score == pytest.approx(score)


def test_one_place_for_two_lets_the_other_gain() -> None:
    given = a_round([alone("j1"), alone("j2", since=AT - timedelta(days=3))], [MENTOR])
    signal, score, pairs = exactly(given, Kind("interview", "lycee", "69"))
    assert (signal.pairs, pairs, signal.waiting) == (1, 1, 1)
    assert score > 0


def test_a_place_that_is_wanted_more_elsewhere_has_its_price() -> None:
    """Two need help from near; one mentor from afar and one from here serve them already."""
    near, far = MENTOR, replace(MENTOR, id="m2", department="75", commune=None)
    one, two = alone("j1"), alone("j2")
    signal, score, pairs = exactly(a_round([one, two], [near, far]), Kind("job", "lycee", "69"))
    assert (signal.pairs, pairs, signal.waiting) == (0, 0, 0)
    assert signal.score == pytest.approx(score, abs=1e-9)


def test_a_nearer_mentor_only_betters_the_score() -> None:
    far: Mentor = replace(MENTOR, department="75", commune=None, sectors=frozenset())
    served = alone("j1", needs=frozenset({"job"}), slots=frozenset({"wed_pm", "sat_am"}))
    signal, score, pairs = exactly(a_round([served], [far]), Kind("job", "lycee", "69"))
    assert (signal.pairs, pairs, signal.waiting) == (0, 0, 0)
    assert score > 0.05
    assert signal.score == pytest.approx(score)


def test_who_stays_in_place_is_not_reached_from_afar() -> None:
    given = a_round([alone("j1", level="primary", remote=False)], [MENTOR])
    assert {one.kind.territory for one in signals(given, solve(given))} == {"69"}


def test_without_french_no_french_mentor_is_promised() -> None:
    given = a_round([alone("j1", languages=frozenset({"ar"}))], [MENTOR])
    assert signals(given, solve(given)) == ()


def test_nobody_waits_for_anybody() -> None:
    given = a_round([], [MENTOR])
    assert signals(given, solve(given)) == ()


def test_a_pair_comes_before_a_better_score_and_many_before_one() -> None:
    def signal(need: str, pairs: int, score: float, waiting: int) -> Signal:
        return Signal(Kind(need, "lycee", "69"), pairs, score, waiting)

    few, many = signal("a", 1, 0.9, 1), signal("b", 1, 0.1, 9)
    first, same = signal("c", 0, 0.501, 4), signal("d", 0, 0.499, 2)
    assert rank_signals([signal("e", 0, 0.0, 4), same, first, few, many]) == (
        many,
        few,
        first,
        same,
    )
