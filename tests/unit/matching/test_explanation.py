"""Why this mentor, why none, and what would help: against a plain recount."""

from collections import Counter
from dataclasses import replace

import pytest

from services.matching.domain.explanation import blocking_for, reasons_for
from services.matching.domain.gates import GATES, closed_gates
from services.matching.domain.people import Mentee
from services.matching.domain.round_input import RoundInput
from services.matching.domain.weights import Components, Weights
from services.matching.engine.solve import solve
from shared.contracts.vocabulary import SLOTS
from tests.unit.matching.people import MENTEE, MENTOR, Draw, a_round


def changes(mentee: Mentee, given: RoundInput) -> dict[str, Mentee]:
    """Every change the mentee could make."""
    languages = {language for mentor in given.mentors for language in mentor.languages}
    slots = {f"slot:{s}": replace(mentee, slots=mentee.slots | {s}) for s in SLOTS}
    added = {f"language:{w}": replace(mentee, languages=mentee.languages | {w}) for w in languages}
    return {**slots, **added, "remote": replace(mentee, remote=True)}


def count_permitted(mentee: Mentee, given: RoundInput) -> int:
    return sum(not closed_gates(mentee, mentor, given.terms) for mentor in given.mentors)


@pytest.mark.parametrize("seed", range(4000, 4030))
def test_reasons_of_the_unmatched_are_what_a_recount_finds(seed: int) -> None:
    given = Draw(seed).round(14, 9)
    people = {mentee.id: mentee for mentee in given.mentees}
    for explanation in solve(given).explanations:
        blocking = explanation.blocking
        if blocking is None:
            continue
        mentee = people[explanation.mentee_id]
        stopped = Counter(g for m in given.mentors for g in closed_gates(mentee, m, given.terms))
        now = count_permitted(mentee, given)
        assert blocking.permitted == now, f"seed {seed}"
        assert blocking.kind == ("taken" if now else "gate"), f"seed {seed}"
        most = max(stopped.values(), default=0)
        first = next((gate for gate in GATES if most and stopped[gate] == most), None)
        assert blocking.gate == (None if now else first), f"seed {seed}"
        opened = {
            change: count_permitted(changed, given) - now
            for change, changed in changes(mentee, given).items()
        }
        best = max(opened.values())
        if best == 0:
            assert blocking.opens_most is None, f"seed {seed}"
        else:
            assert blocking.opens_most is not None, f"seed {seed}"
            assert blocking.opens_most.mentors == best, f"seed {seed}"
            assert opened[blocking.opens_most.change] == best, f"seed {seed}"


def test_three_reasons_at_most_the_weightiest_first() -> None:
    components = Components(needs=0.5, sectors=1.0, slots=1 / 3, proximity=0.0, waiting=1.0)
    reasons = reasons_for(components, Weights())
    assert reasons.fr == (
        "répond à 50 % des besoins exprimés",
        "attend depuis 30 jours ou plus",
        "connaît tous les secteurs souhaités",
    )
    assert reasons.en == (
        "meets 50% of the needs named",
        "has waited for 30 days or more",
        "knows every sector wished for",
    )


def test_a_component_of_zero_is_no_reason() -> None:
    components = Components(needs=1.0, sectors=0.0, slots=2 / 3, proximity=0.0, waiting=0.0)
    assert reasons_for(components, Weights()).fr == (
        "répond à tous les besoins exprimés",
        "deux créneaux en commun",
    )


@pytest.mark.parametrize(
    ("value", "sentence"), [(1.0, "même commune"), (0.7, "même département"), (0.4, "même région")]
)
def test_nearness_in_words(value: float, sentence: str) -> None:
    components = Components(0.0, 0.0, 0.0, proximity=value, waiting=0.0)
    assert reasons_for(components, Weights()).fr == (sentence,)


@pytest.mark.parametrize("gate", list(GATES))
def test_every_gate_has_its_words(gate: str) -> None:
    blocking = blocking_for(0, {gate: 3}, 5, None)
    assert (blocking.gate, blocking.kind) == (gate, "gate")
    assert "sur 5, 3 " in blocking.fr
    assert "of 5, 3 " in blocking.en


def test_no_mentor_at_all() -> None:
    [explanation] = solve(a_round([MENTEE], [])).explanations
    assert explanation.blocking is not None
    assert (explanation.blocking.kind, explanation.blocking.gate) == ("gate", None)
    assert explanation.blocking.fr == "Aucun mentor n'est disponible."


def test_a_mentor_taken_by_another() -> None:
    late = replace(MENTEE, id="late", since=MENTEE.since.replace(day=14))
    unmatched = solve(a_round([MENTEE, late], [MENTOR])).explanations[1]
    assert unmatched.mentee_id == "late"
    assert unmatched.blocking is not None
    assert (unmatched.blocking.kind, unmatched.blocking.permitted) == ("taken", 1)
