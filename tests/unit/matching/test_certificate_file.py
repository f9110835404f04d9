"""A certificate survives its file, and a file of another form is refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.matching.engine.solve import solve
from services.matching.gateways.certificate_data import certificate_from
from services.matching.gateways.certificate_file import certificate_text, read_certificate
from services.matching.gateways.plain_data import NotAsStated
from shared.spreadsheets import InvalidSheet
from tests.unit.matching.people import Draw

CROSSING, PLAIN, BY_SCORE = 1014, 1003, 1002


@pytest.mark.parametrize("seed", [CROSSING, PLAIN, BY_SCORE])
def test_a_certificate_survives_its_file(tmp_path: Path, seed: int) -> None:
    certificate = solve(Draw(seed, ages=False).round(40, 40)).certificate
    path = tmp_path / "proof.json"
    path.write_text(certificate_text(certificate), encoding="utf-8")
    assert read_certificate(path) == certificate


def test_the_stages_a_policy_does_not_have_are_null() -> None:
    data = json.loads(certificate_text(solve(Draw(BY_SCORE, ages=False).round(40, 40)).certificate))
    for stage in ("most_pairs", "floors", "without_floors", "price_of_fairness"):
        assert data[stage] is None
    assert data["score"]["prices"]["pairs"] == 0.0


def replace_at(data: dict[str, Any], place: str, value: object) -> dict[str, Any]:
    *path, last = place.split("/")
    part: Any = data
    for key in path:
        part = part[int(key) if key.isdigit() else key]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return data


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        ("format", "binome-certificate/2", "format"),
        ("format", ..., "format"),
        ("note", "hello", "note"),
        ("at", "yesterday", "at"),
        ("at", 3, "at"),
        ("most_pairs", [], "most_pairs"),
        ("most_pairs/value", 1.5, "most_pairs.value"),
        ("most_pairs/value", True, "most_pairs.value"),
        ("most_pairs/bound", "9", "most_pairs.bound"),
        ("most_pairs/prices/pairs", 0.0, "most_pairs.prices.pairs"),
        ("most_pairs/prices/mentors/m1", 0.0, "most_pairs.prices.mentors.m1"),
        ("most_pairs/prices/mentors/m1", -1, "most_pairs.prices.mentors.m1"),
        ("most_pairs/prices/mentors/m1", 10**400, "most_pairs.prices.mentors.m1"),
        ("floors", {}, "floors"),
        ("floors/0/bound", 3.0, "floors[1]"),
        ("floors/0/public", 3, "floors[1].public"),
        ("score/proved_by", "faith", "score.proved_by"),
        ("score/prices", None, "score.prices"),
        ("score/gap", None, "score.gap"),
        ("without_floors/prices/floors", {}, "without_floors.prices.floors"),
    ],
)
def test_another_form_is_refused_by_name(
    tmp_path: Path, place: str, value: object, named: str
) -> None:
    data = json.loads(certificate_text(solve(Draw(CROSSING, ages=False).round(40, 40)).certificate))
    data["floors"] = [{k: f[k] for k in f if k not in ("bound", "prices")} for f in data["floors"]]
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(replace_at(data, place, value)))
    with pytest.raises(InvalidSheet) as refusal:
        read_certificate(path)
    assert f" : {named} : " in str(refusal.value)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("format", "binome-certificate/2", "format : « binome-certificate/1 » est attendu."),
        ("format", ..., "format : clé absente."),
        ("note", "hello", "note : clé inconnue."),
        ("at", "yesterday", "at : une date est attendue (2026-01-15)."),
        ("at", 20260115, "at : une date est attendue (2026-01-15)."),
        ("at", "1850-01-15", "at : l'année va de 1900 à 2100."),
        ("policy_version", None, "policy_version : un texte est attendu."),
        ("most_pairs", [], "most_pairs : un objet est attendu."),
        ("most_pairs/value", "3", "most_pairs.value : un nombre entier est attendu."),
        ("most_pairs/value", -1, "most_pairs.value : un nombre entier, 0 au moins, est attendu."),
        ("most_pairs/prices", 3, "most_pairs.prices : un objet est attendu."),
        ("floors", {}, "floors : une liste est attendue."),
        ("floors/0/bound", 3.0, "floors[1] : bound et prices vont ensemble."),
        ("floors/0/share", "0.1", "floors[1].share : un nombre est attendu."),
        ("score/gap", True, "score.gap : un nombre est attendu."),
        ("score/prices/mentors", [], "score.prices.mentors : un objet est attendu."),
        ("score/prices/mentors/m1", 0, "score.prices.mentors.m1 : un prix est au-dessus de 0."),
        (
            "score/proved_by",
            "faith",
            "score.proved_by : « prices » ou « branch_and_bound » attendu.",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(place: str, value: object, sentence: str) -> None:
    data = json.loads(certificate_text(solve(Draw(CROSSING, ages=False).round(40, 40)).certificate))
    data["floors"] = [{k: f[k] for k in f if k not in ("bound", "prices")} for f in data["floors"]]
    with pytest.raises(NotAsStated) as refusal:
        certificate_from(replace_at(data, place, value))
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"at": 1, "at": 2}', b'{"at": NaN}', b"[" * 100_000]
)
def test_what_is_no_certificate_at_all(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "proof.json"
    path.write_bytes(content)
    with pytest.raises(InvalidSheet):
        read_certificate(path)
