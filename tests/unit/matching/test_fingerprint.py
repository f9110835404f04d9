"""Fingerprints are those of one plain JSON document, however fast they are written."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from services.matching.domain.fingerprint import inputs_sha256, policy_sha256
from services.matching.domain.people import Association
from services.matching.domain.policy import Floor, Policy
from services.matching.domain.round_input import RoundInput
from tests.unit.matching.people import MENTEE, MENTOR, Draw, a_round


def plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    assert isinstance(value, date)
    return value.isoformat()


def document(given: RoundInput) -> str:
    """The fingerprint by its definition."""
    content: dict[str, list[Any]] = {
        name: [dict(vars(person)) for person in sorted(getattr(given, name), key=lambda p: p.id)]
        for name in ("mentees", "mentors", "associations")
    }
    if not any(person.born for person in given.mentors):
        for mentor in content["mentors"]:
            del mentor["born"]
    content["past"] = sorted(given.past)
    written = json.dumps(content, sort_keys=True, ensure_ascii=True, default=plain)
    return sha256(written.encode("ascii")).hexdigest()


@pytest.mark.parametrize("seed", range(5200, 5220))
def test_a_round_has_the_fingerprint_of_its_document(seed: int) -> None:
    given = Draw(seed).round(40, 40)
    assert inputs_sha256(given) == document(given), f"seed {seed}"


def test_names_of_every_kind_and_values_that_look_alike() -> None:
    names = ("é", 'a"b\\', "%s %d", "null", "1", "2008-01-16", "😀")
    mentees = [replace(MENTEE, id=name, avoid=frozenset(names)) for name in names]
    mentors = [
        replace(MENTOR, id=name, capacity=n % 3, since=date(2008, 1, 16))
        for n, name in enumerate(names)
    ]
    capped = (Association("é", 1), Association("a", 0), Association("b", None))
    given = a_round(mentees, mentors, associations=capped, past=frozenset({("é", "%s %d")}))
    assert inputs_sha256(given) == document(given)


def test_a_round_of_nobody() -> None:
    assert inputs_sha256(a_round([], [])) == document(a_round([], []))


def test_a_mentor_under_18_and_the_last_day_of_a_clearance_change_the_fingerprint() -> None:
    plain_yes = a_round([MENTEE], [MENTOR])
    dated = a_round([MENTEE], [replace(MENTOR, cleared=date(2026, 6, 30))])
    young = a_round([MENTEE], [replace(MENTOR, born=date(2009, 12, 31))])
    assert len({inputs_sha256(given) for given in (plain_yes, dated, young)}) == 3
    supervised = Policy("v1", minor_mentors="supervised")
    assert policy_sha256(supervised) != policy_sha256(Policy("v1"))


def test_the_fingerprints_of_old_certificates_hold() -> None:
    policy = Policy("v1", floors=(Floor("ase", Decimal("0.10")),))
    given = a_round([MENTEE], [MENTOR], associations=(Association("a1", 3),))
    assert (
        inputs_sha256(given) == "75310e5935cc670324f13037d647d78540ae90c35f54a2c9f206da744ce66ab6"
    )
    assert (
        policy_sha256(policy) == "b7a09fc0ad0b16d272e25cb1a47701bc932b7237888d18b863fe3c6cfa983836"
    )
