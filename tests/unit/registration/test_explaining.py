"""Why this mentor, or why none yet: every code has its words, in both languages."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from services.registration.domain.explanation import Explained, why_not_yet, why_this_mentor
from shared.contracts.explained import Gate

AT = datetime(2026, 1, 12, 9, tzinfo=UTC)
TAKEN = Explained("taken", None, 12, None, 0, AT)
GATE = Explained("gate", "slot", 0, "slot:wed_pm", 12, AT)


def test_a_good_pair_has_its_reasons() -> None:
    components = {"needs": 1.0, "sectors": 0.5, "slots": 2 / 3, "proximity": 0.7, "waiting": 1.0}
    assert why_this_mentor(components, "fr") == [
        "Ton mentor propose toute l’aide que tu demandes.",
        "Vous avez deux moments libres en commun.",
        "Vous êtes du même département.",
        "Ton mentor connaît une partie des secteurs qui t’intéressent.",
    ]
    assert why_this_mentor(components, "en")[0] == "Your mentor offers all the help you ask for."


def test_what_is_zero_or_unknown_is_no_reason() -> None:
    assert why_this_mentor({}, "fr") == []
    assert why_this_mentor({"needs": 0.5, "slots": 0.0, "proximity": 0.0}, "fr") == [
        "Ton mentor propose une partie de l’aide que tu demandes."
    ]


@pytest.mark.parametrize("gate", [*get_args(Gate), None])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_gate_has_words(gate: Gate | None, lang: str) -> None:
    (sentence,) = why_not_yet(Explained("gate", gate, 0, None, 0, AT), lang)
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_mentors_who_are_taken_are_counted() -> None:
    assert "12 mentors te conviendraient" in why_not_yet(TAKEN, "fr")[0]
    assert "Un mentor te conviendrait" in why_not_yet(replace(TAKEN, permitted=1), "fr")[0]
    assert "12 mentors would suit you" in why_not_yet(TAKEN, "en")[0]


@pytest.mark.parametrize(
    ("change", "mentors", "fr", "en"),
    [
        ("slot:wed_pm", 12, "libre le mercredi après-midi, 12 mentors", "free on Wednesday after"),
        ("slot:wed_pm", 1, "un mentor de plus te conviendrait", "one more mentor"),
        ("language:en", 3, "cette langue : anglais, dis-le, et 3", "language: English, say so"),
        ("language:xx", 3, "cette langue : xx", "language: xx"),
        ("remote", 40, "à distance, 40 mentors de plus", "remotely, 40 more mentors"),
    ],
)
def test_the_change_that_opens_most(change: str, mentors: int, fr: str, en: str) -> None:
    gate = replace(GATE, change=change, mentors=mentors)
    assert fr in why_not_yet(gate, "fr")[1]
    assert en in why_not_yet(gate, "en")[1]
