"""The verifier accepts what is true and refuses whatever has been touched."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.matching.domain.certificate import Certificate, NamedDuals, ScoreProof
from services.matching.domain.policy import Floor, Policy
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import Pair, RoundResult
from services.matching.engine.solve import solve
from services.matching.engine.verification.verifier import verify
from tests.unit.matching.people import MENTOR, Draw

FLOORS = (Floor("ase", Decimal("0.9")), Floor("qpv", Decimal("0.6")))


@pytest.fixture(scope="module")
def given() -> RoundInput:
    return replace(Draw(7).round(40, 25), policy=Policy("v1", floors=FLOORS))


@pytest.fixture(scope="module")
def result(given: RoundInput) -> RoundResult:
    return solve(given)


def rules(given: RoundInput, pairs: Sequence[Pair], certificate: Certificate) -> set[str]:
    return {violation.rule for violation in verify(given, pairs, certificate).violations}


def with_pair(result: RoundResult, place: int, **changed: Any) -> list[Pair]:
    pairs = list(result.pairs)
    pairs[place] = replace(pairs[place], **changed)
    return pairs


def test_a_true_round_is_accepted(given: RoundInput, result: RoundResult) -> None:
    assert len(result.pairs) > 10
    assert result.certificate.floors is not None
    assert any(floor.bound is not None for floor in result.certificate.floors)
    assert verify(given, result.pairs, result.certificate).accepted


def test_swapped_mentors_are_found(given: RoundInput, result: RoundResult) -> None:
    first, second = result.pairs[0], result.pairs[1]
    pairs = with_pair(result, 0, mentor_id=second.mentor_id)
    pairs[1] = replace(pairs[1], mentor_id=first.mentor_id)
    assert rules(given, pairs, result.certificate)


def test_a_dropped_pair_is_found(given: RoundInput, result: RoundResult) -> None:
    assert "most_pairs.value" in rules(given, result.pairs[1:], result.certificate)


def test_a_dropped_pair_cannot_be_hidden_by_editing_the_count(
    given: RoundInput, result: RoundResult
) -> None:
    stage = result.certificate.most_pairs
    assert stage is not None
    hidden = replace(result.certificate, most_pairs=replace(stage, value=stage.value - 1))
    assert "most_pairs" in rules(given, result.pairs[1:], hidden)


def test_a_person_from_nowhere_is_found(given: RoundInput, result: RoundResult) -> None:
    assert "person" in rules(given, with_pair(result, 0, mentor_id="x"), result.certificate)


def test_the_same_mentee_twice_is_found(given: RoundInput, result: RoundResult) -> None:
    assert "twice" in rules(given, [*result.pairs, result.pairs[0]], result.certificate)


def test_an_edited_score_is_found(given: RoundInput, result: RoundResult) -> None:
    pairs = with_pair(result, 0, score=result.pairs[0].score + 1e-6)
    assert "score" in rules(given, pairs, result.certificate)


def test_an_edited_component_is_found(given: RoundInput, result: RoundResult) -> None:
    components = replace(result.pairs[0].components, needs=0.123)
    assert "components" in rules(
        given, with_pair(result, 0, components=components), result.certificate
    )


@pytest.mark.parametrize(
    ("gate", "changed"),
    [
        ("need", {"offers": frozenset({"studies"})}),
        ("slot", {"slots": frozenset({"sun_eve"})}),
        ("language", {"languages": frozenset({"zu"})}),
        ("level", {"levels": frozenset({"primary"})}),
        ("capacity", {"capacity": 0}),
    ],
)
def test_a_broken_gate_is_named(
    given: RoundInput, result: RoundResult, gate: str, changed: dict[str, Any]
) -> None:
    name = result.pairs[0].mentor_id
    mentors = tuple(replace(m, **changed) if m.id == name else m for m in given.mentors)
    assert gate in rules(replace(given, mentors=mentors), result.pairs, result.certificate)


def test_too_many_for_a_mentor_or_an_association(given: RoundInput, result: RoundResult) -> None:
    pairs = [replace(pair, mentor_id="m1") for pair in result.pairs]
    roomy = replace(MENTOR, id="m1", capacity=1, association="a1")
    mentors = (*(m for m in given.mentors if m.id != "m1"), roomy)
    capped = tuple(replace(a, round_cap=1) for a in given.associations)
    broken = rules(replace(given, mentors=mentors, associations=capped), pairs, result.certificate)
    assert {"capacity", "round_cap"} <= broken


@pytest.mark.parametrize(
    ("named", "other"),
    [
        ("inputs_sha256", lambda g: replace(g, mentors=(*g.mentors, replace(MENTOR, id="new")))),
        ("inputs_sha256", lambda g: replace(g, past=g.past | {("j99", "m99")})),
        ("policy_sha256", lambda g: replace(g, policy=replace(g.policy, min_score=0.01))),
        ("policy_version", lambda g: replace(g, policy=replace(g.policy, version="v2"))),
        ("at", lambda g: replace(g, at=g.at + timedelta(days=1))),
    ],
)
def test_another_origin_is_found(
    given: RoundInput, result: RoundResult, named: str, other: Callable[..., Any]
) -> None:
    assert named in rules(other(given), result.pairs, result.certificate)


def other_prices(prices: NamedDuals) -> NamedDuals:
    return replace(prices, mentors={k: v * 1.01 for k, v in prices.mentors.items()})


@pytest.mark.parametrize("stage", ["most_pairs", "score", "without_floors"])
def test_an_edited_bound_or_price_is_found(
    given: RoundInput, result: RoundResult, stage: str
) -> None:
    proof = getattr(result.certificate, stage)
    assert proof.prices.mentors
    for edited in (
        replace(proof, bound=proof.bound + 1e-6),
        replace(proof, bound=proof.bound - 1e-6),
        replace(proof, prices=other_prices(proof.prices)),
    ):
        broken = rules(given, result.pairs, replace(result.certificate, **{stage: edited}))
        assert f"{stage}.bound" in broken


@pytest.mark.parametrize(
    ("named", "edit"),
    [
        ("score.value", lambda s: replace(s, value=s.value - 0.01)),
        ("score.gap", lambda s: replace(s, gap=s.gap + 1e-7)),
        ("score.prices.mentors", lambda s: replace(s, prices=NamedDuals({"nobody": 1.0}))),
        ("score.prices.associations", lambda s: replace(s, prices=NamedDuals({}, {"zz": 1.0}))),
        ("score.prices.floors", lambda s: replace(s, prices=NamedDuals({}, {}, {"rep": 1.0}))),
        ("score.gap", lambda s: replace(s, prices=NamedDuals())),
    ],
)
def test_an_edited_score_proof_is_found(
    given: RoundInput, result: RoundResult, named: str, edit: Callable[[ScoreProof], ScoreProof]
) -> None:
    edited = replace(result.certificate, score=edit(result.certificate.score))
    assert named in rules(given, result.pairs, edited)


def test_edited_floors_are_found(given: RoundInput, result: RoundResult) -> None:
    assert result.certificate.floors is not None
    [first, *rest] = result.certificate.floors
    for edit in (
        replace(first, wanted=first.wanted - 1),
        replace(first, served=first.served + 1),
        replace(first, value=first.value - 1),
        replace(first, bound=None, prices=None),
        replace(first, bound=(first.bound or 0.0) + 0.5),
    ):
        edited = replace(result.certificate, floors=(edit, *rest))
        assert rules(given, result.pairs, edited), edit


def test_missing_or_surplus_stages_are_found(given: RoundInput, result: RoundResult) -> None:
    whole = result.certificate
    for missing, edited in {
        "most_pairs": replace(whole, most_pairs=None),
        "floors": replace(whole, floors=None),
        "without_floors": replace(whole, without_floors=None),
        "price_of_fairness": replace(whole, price_of_fairness=None),
    }.items():
        assert missing in rules(given, result.pairs, edited)
    assert "floors" in rules(given, result.pairs, replace(result.certificate, floors=()))
    plain = replace(given, policy=Policy())
    proof = replace(solve(plain).certificate, without_floors=result.certificate.without_floors)
    assert "without_floors" in rules(plain, solve(plain).pairs, proof)


def test_an_edited_price_of_fairness_is_found(given: RoundInput, result: RoundResult) -> None:
    edited = replace(result.certificate, price_of_fairness=9.0)
    assert "price_of_fairness" in rules(given, result.pairs, edited)


def test_branch_and_bound_is_only_accepted_where_floors_cross(given: RoundInput) -> None:
    one = replace(given, policy=Policy("v1", floors=FLOORS[:1]))
    result = solve(one)
    score = replace(result.certificate.score, proved_by="branch_and_bound")
    edited = replace(result.certificate, score=score)
    assert rules(one, result.pairs, edited) == {"score.proved_by"}


def test_a_worse_round_with_its_own_prices_is_no_optimum(given: RoundInput) -> None:
    """Prices prove what is best; a lesser round cannot borrow them."""
    plain = replace(given, policy=Policy("v1", objective="score"))
    best = solve(plain)
    lesser = best.pairs[1:]
    value = sum(pair.score for pair in lesser)
    proof = replace(best.certificate.score, value=value)
    broken = rules(plain, lesser, replace(best.certificate, score=proof))
    assert "score.gap" in broken


def test_verifying_needs_no_solver() -> None:
    loaded = (
        "import sys, services.matching.engine.verification.verifier;"
        "sys.exit(any(m.split('.')[0] in ('pulp', 'highspy', 'scipy') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
