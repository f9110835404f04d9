"""Evidence for one person: conclusive, to be checked by a human, or none."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.identity import (
    Identity,
    are_apart,
    blind_index_texts,
    contacts_of,
    likeness,
    own_guardian,
)
from shared.contracts.addresses import plain_mail

LEA = Identity("Léa-Marie", "Dubrac", date(2009, 5, 17), "lea@exemple.fr", "+33612345678")
ELSEWHERE: dict[str, Any] = {"email": "autre@exemple.fr", "phone": None}
NEW_YEAR, YEAR_ALONE = date(2009, 1, 1), date(2009, 12, 31)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"first_name": "LEA MARIE", "last_name": "dubrac"},
        ELSEWHERE,
        {"email": None, "phone": None},
        {"last_name": "Dubrac Moltin"},
        {"email": "LEA+mentor@Exemple.fr", "phone": None, "last_name": "Moltin"},
        {"born": YEAR_ALONE},
    ],
)
def test_strong_evidence_lets_the_newcomer_wait(changes: dict[str, Any]) -> None:
    again = replace(LEA, **changes)
    for one, other in ((LEA, again), (again, LEA)):
        found = likeness(one, other)
        assert found is not None
        assert found.weight == "doubt"


@pytest.mark.parametrize(
    "changes",
    [
        ELSEWHERE | {"born": YEAR_ALONE},
        ELSEWHERE | {"born": NEW_YEAR},
        {"born": date(2009, 5, 18)},
    ],
)
def test_weak_evidence_is_shown_and_nobody_waits(changes: dict[str, Any]) -> None:
    found = likeness(LEA, replace(LEA, **changes))
    assert found is not None
    assert found.weight == "note"


@pytest.mark.parametrize(
    "changes",
    [
        {"first_name": "Zoé"},
        {"first_name": "Zoé", "born": date(2011, 1, 3)},
        ELSEWHERE | {"born": date(2009, 5, 18)},
        ELSEWHERE | {"last_name": "Moltin"},
        ELSEWHERE | {"born": date(2010, 1, 1)},
        {"first_name": "Zoé", "last_name": "Moltin"},
    ],
)
def test_twins_siblings_and_namesakes_are_others(changes: dict[str, Any]) -> None:
    assert likeness(LEA, replace(LEA, **changes)) is None


@pytest.mark.parametrize("born", [NEW_YEAR, YEAR_ALONE])
def test_two_namesakes_without_a_day_of_birth_are_a_note(born: date) -> None:
    one = replace(LEA, born=born)
    found = likeness(one, replace(one, **ELSEWHERE))
    assert found is not None
    assert found.weight == "note"
    assert found.agreeing == ("first_name", "last_name", "born")


def test_a_shared_mailbox_is_no_evidence() -> None:
    home = list(contacts_of(LEA))
    other_day = replace(LEA, born=date(2009, 5, 18))
    assert likeness(LEA, other_day, home) is None
    new_year = replace(LEA, born=NEW_YEAR)
    found = likeness(new_year, new_year, home)
    assert found is not None
    assert found.weight == "note"


def test_fields_that_agree_are_named_and_nothing_else() -> None:
    found = likeness(LEA, replace(LEA, first_name="LEA MARIE", phone="+33698765432"))
    assert found is not None
    assert found.agreeing == ("first_name", "last_name", "born", "email")


days = st.dates(date(1990, 1, 1), date(2012, 12, 31))
people = st.builds(
    Identity,
    first_name=st.sampled_from(["Léa", "LEA", "Zoé"]),
    last_name=st.sampled_from(["Dubrac", "Moltin"]),
    born=days | st.sampled_from([NEW_YEAR, YEAR_ALONE, LEA.born]),
    email=st.sampled_from([None, "lea@exemple.fr", "zoe@exemple.fr"]),
    phone=st.sampled_from([None, "+33612345678"]),
)


@given(people, people)
def test_evidence_is_the_same_both_ways_and_always_leaves_a_trace(
    one: Identity, other: Identity
) -> None:
    assert likeness(one, other) == likeness(other, one)
    if likeness(one, other):
        assert set(blind_index_texts(one).values()) & set(blind_index_texts(other).values())


@pytest.mark.parametrize(
    ("mentor", "apart"),
    [
        ({}, True),
        (ELSEWHERE, True),
        (ELSEWHERE | {"born": NEW_YEAR}, True),
        (ELSEWHERE | {"born": date(1980, 2, 3)}, False),
        ({"first_name": "Maud", "born": date(1980, 2, 3)}, True),
        (ELSEWHERE | {"first_name": "Maud", "email": "MAUD+binome@exemple.fr"}, True),
        ({"first_name": "Maud", "email": None, "phone": "+33611111111"}, True),
        (ELSEWHERE | {"first_name": "Maud"}, False),
    ],
)
def test_one_person_and_a_guardian_are_kept_apart(mentor: dict[str, Any], apart: bool) -> None:
    child = replace(LEA, guardian_email="maud@exemple.fr", guardian_phone="+33611111111")
    assert are_apart(child, replace(LEA, **mentor)) is apart


@pytest.mark.parametrize(
    ("guardian", "field"),
    [
        ({"guardian_email": "lea@exemple.fr"}, "guardian_email"),
        ({"guardian_email": "LEA+maman@Exemple.fr"}, "guardian_email"),
        ({"guardian_phone": "+33612345678"}, "guardian_phone"),
        ({"guardian_email": "maud@exemple.fr", "guardian_phone": "+33611111111"}, None),
        ({}, None),
    ],
)
def test_a_child_is_not_their_own_guardian(guardian: dict[str, Any], field: str | None) -> None:
    assert own_guardian(replace(LEA, **guardian)) == field


def test_a_gmail_address_with_dots_is_the_same_mailbox() -> None:
    child = replace(LEA, email="lea.dubrac@gmail.com", guardian_email="L.eadubrac@googlemail.com")
    assert own_guardian(child) == "guardian_email"


def test_an_address_as_its_mailbox_sees_it() -> None:
    assert plain_mail("L.ea+x@GoogleMail.com") == "lea@gmail.com"
    assert plain_mail("L.ea+x@Exemple.fr") == "l.ea@exemple.fr"
