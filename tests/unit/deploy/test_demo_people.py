"""The invented people of the demonstration: every case of the rules is among them."""

from datetime import date

from deploy.demo.faults import Faults, strangers
from deploy.demo.people import Person, invent_people

TODAY = date(2026, 11, 27)
PEOPLE = invent_people(300, 1, TODAY)


def age(person: Person) -> int:
    return (TODAY - date.fromisoformat(person.fields["born"])).days * 100 // 36525


def of_kind(kind: str) -> list[Person]:
    return [person for person in PEOPLE if person.kind == kind]


def test_some_mentors_are_16_or_17_and_name_a_guardian() -> None:
    minors = [person for person in of_kind("mentor") if age(person) < 18]
    assert {age(person) for person in minors} == {16, 17}
    for person in of_kind("mentor"):
        guarded = {"guardian_email", "guardian_phone"} & person.fields.keys()
        assert bool(guarded) == (age(person) < 18)


def test_mentors_are_in_the_charge_of_an_association_or_of_the_head() -> None:
    assert {person.fields.get("association") for person in of_kind("mentor")} == {
        "tandem_avenir",
        None,
    }


def test_every_child_under_15_names_a_guardian() -> None:
    children = [person for person in of_kind("mentee") if age(person) < 15]
    assert children
    for person in children:
        assert {"guardian_email", "guardian_phone"} & person.fields.keys()


def test_strangers_know_names_and_dates_and_nothing_else() -> None:
    faults = Faults()
    made = strangers(PEOPLE, faults, TODAY)
    by_name = {(x.fields["last_name"], x.fields["born"]): x for x in PEOPLE}
    assert [person.kind for person in made] == [
        *["mentor"] * faults.strange_mentors,
        *["mentee"] * faults.strange_mentees,
    ]
    for person in made:
        one = by_name[person.fields["last_name"], person.fields["born"]]
        assert "reference" not in person.fields
        assert person.fields["email"] != one.fields.get("email")
        assert person.fields["phone"] != one.fields.get("phone")
