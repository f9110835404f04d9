"""When two registrations are one person."""

from dataclasses import replace
from datetime import date

import pytest

from services.registration.domain.identity import Identity, marks_of, plain_mail, same_person

LEA = Identity("Léa-Marie", "Dubrac", date(2009, 5, 17), "lea@exemple.fr", "+33612345678")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"first_name": "LEA MARIE", "last_name": "dubrac"},
        {"email": "autre@exemple.fr", "phone": None},
        {"email": None, "phone": None},
        {"born": date(2009, 5, 18)},
        {"last_name": "Dubrac Moltin"},
        {"email": "LEA+mentor@Exemple.fr", "phone": None, "last_name": "Moltin"},
        {"email": None, "last_name": "Moltin"},
    ],
)
def test_the_same_person_again(changes):
    again = replace(LEA, **changes)
    assert same_person(LEA, again)
    assert same_person(again, LEA)


@pytest.mark.parametrize(
    "changes",
    [
        {"first_name": "Zoé"},
        {"first_name": "Zoé", "born": date(2011, 1, 3)},
        {"email": "autre@exemple.fr", "phone": None, "born": date(2009, 5, 18)},
        {"email": "autre@exemple.fr", "phone": None, "last_name": "Moltin"},
    ],
)
def test_twins_siblings_and_namesakes_are_others(changes):
    assert not same_person(LEA, replace(LEA, **changes))


@pytest.mark.parametrize(
    "changes", [{}, {"email": None}, {"phone": None}, {"born": date(2000, 1, 1)}]
)
def test_people_who_are_the_same_share_a_mark(changes):
    again = replace(LEA, **changes)
    assert set(marks_of(LEA).items()) & set(marks_of(again).items())


def test_an_address_as_its_mailbox_sees_it():
    assert plain_mail("L.ea+x@GoogleMail.com") == "lea@gmail.com"
    assert plain_mail("L.ea+x@Exemple.fr") == "l.ea@exemple.fr"
