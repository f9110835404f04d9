"""The one validation of every source: what is accepted, and with which errors what is refused."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from services.registration.domain import errors
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.registration import ValidationContext
from services.registration.domain.registrations import read_mentee, read_mentor
from shared.contracts.vocabulary import DEPARTMENTS, NEEDS
from tests.unit.registration.people import AROUND, TODAY, volunteer, young


def list_faults(
    read: Callable[[object, ValidationContext], object],
    value: object,
    around: ValidationContext = AROUND,
) -> list[tuple[str, str]]:
    """The faults as (field, code)."""
    with pytest.raises(InvalidRegistration) as found:
        read(value, around)
    return [(fault.field, fault.code) for fault in found.value.faults]


def test_a_young_person_is_read() -> None:
    mentee = read_mentee(young(), AROUND)
    assert mentee.needs == ("orientation", "internship"), "in the order of the vocabulary"
    assert mentee.born == date(2006, 5, 17)
    assert mentee.languages == ("fr",)
    assert mentee.remote is True


def test_a_mentor_is_read() -> None:
    mentor = read_mentor(volunteer(capacity="3", cleared="oui"), AROUND)
    assert mentor.capacity == 3
    assert mentor.cleared is True


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"first_name": ""}, ("first_name", "missing")),
        ({"first_name": "www.exemple.fr"}, ("first_name", "not_a_name")),
        ({"first_name": "Inès\r\nBcc: x"}, ("first_name", "not_a_name")),
        ({"first_name": "a" * 61}, ("first_name", "not_a_name")),
        ({"first_name": 12}, ("first_name", "unreadable")),
        ({"last_name": None}, ("last_name", "missing")),
        ({"born": "2027-01-01"}, ("born", "in_the_future")),
        ({"born": "2026-01-11"}, ("born", "in_the_future")),
        ({"born": "31/02/2009"}, ("born", "not_a_date")),
        ({"born": "2021-01-11"}, ("born", "too_young")),
        ({"born": "1995-01-10"}, ("born", "too_old")),
        ({"born": ["2009"]}, ("born", "unreadable")),
        ({"department": "20"}, ("department", "unknown")),
        ({"commune": "75101"}, ("commune", "elsewhere")),
        ({"commune": "nulle part"}, ("commune", "unreadable")),
        ({"level": "doctor"}, ("level", "unknown")),
        ({"needs": []}, ("needs", "missing")),
        ({"needs": ["wings"]}, ("needs", "unknown")),
        ({"needs": {"a": 1}}, ("needs", "unreadable")),
        ({"slots": " | "}, ("slots", "missing")),
        ({"email": "ines@"}, ("email", "not_an_address")),
        ({"email": "ines@exemple.fr\nBcc: x@exemple.fr"}, ("email", "not_an_address")),
        ({"phone": "+49 151 12345678"}, ("phone", "abroad")),
        ({"phone": "12"}, ("phone", "unreadable")),
        ({"phone": "01 23 45 67 89"}, ("phone", "not_mobile")),
        ({"email": None}, ("phone", "no_way_to_reach")),
        ({"consent": False}, ("consent", "missing")),
        ({"consent": None}, ("consent", "missing")),
        ({"consent": "peut-être"}, ("consent", "not_yes_or_no")),
        ({"lang": "de"}, ("lang", "unknown")),
        ({"since": "2026-01-12"}, ("since", "in_the_future")),
        ({"since": "hier"}, ("since", "not_a_date")),
        ({"since": "0001-01-01"}, ("since", "year_out_of_bounds")),
        ({"campaign": "Janvier !"}, ("campaign", "unreadable")),
        ({"reference": "ines@exemple.fr"}, ("reference", "unreadable")),
        ({"phne": "0612345678"}, ("phne", "unknown_field")),
        ({"Inès Marchandeau": "x"}, ("?", "unknown_field")),
        ({"languages": ["french"]}, ("languages", "unknown")),
    ],
)
def test_each_fault_of_a_young_person_is_named(
    change: dict[str, object], expected: tuple[str, ...]
) -> None:
    assert list_faults(read_mentee, young(**change)) == [expected]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"born": "2010-01-11"}, ("born", "too_young")),
        ({"born": "1899-12-31"}, ("born", "year_out_of_bounds")),
        ({"email": ""}, ("email", "missing")),
        ({"offers": ["magic"]}, ("offers", "unknown")),
        ({"levels": []}, ("levels", "missing")),
        ({"capacity": "0"}, ("capacity", "out_of_bounds")),
        ({"capacity": "deux"}, ("capacity", "not_a_number")),
        ({"capacity": True}, ("capacity", "not_a_number")),
        ({"association": "nobody"}, ("association", "unknown")),
        ({"phone": "0601"}, ("phone", "unreadable")),
        ({"needs": ["job"]}, ("needs", "unknown_field")),
    ],
)
def test_each_fault_of_a_mentor_is_named(
    change: dict[str, bool | list[str] | str], expected: tuple[str, ...]
) -> None:
    assert list_faults(read_mentor, volunteer(**change)) == [expected]


def test_all_faults_are_reported_at_once() -> None:
    person = {"born": "2030-01-01", "needs": "wings", "phone": "+1 202 555 0100"}
    found = list_faults(read_mentee, young(**person))
    assert found == [("born", "in_the_future"), ("needs", "unknown"), ("phone", "abroad")]


@pytest.mark.parametrize("body", [None, [], "a", 3])
def test_something_else_than_an_object_is_refused(body: int | list[object] | str | None) -> None:
    assert list_faults(read_mentee, body) == [("", "not_an_object")]


def test_the_ages_at_the_borders() -> None:
    assert read_mentee(young(born="2021-01-10", parental_consent="oui"), AROUND)
    assert read_mentee(young(born="1995-01-11"), AROUND)
    assert read_mentor(volunteer(born="2010-01-10"), AROUND)


def test_under_15_a_parent_must_be_reachable() -> None:
    child = young(born="2011-01-11")
    assert list_faults(read_mentee, child) == [
        ("guardian_first_name", "under_15"),
        ("guardian_email", "under_15"),
    ]
    assert read_mentee(young(born="2011-01-10"), AROUND), "15 today"
    parent = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}
    assert read_mentee(child | parent | {"email": None}, AROUND), "the parent's address suffices"
    assert read_mentee(child | {"parental_consent": "yes"}, AROUND), "a partner holds the consent"


def test_a_year_alone_counts_as_its_last_day() -> None:
    assert read_mentee(young(born="2009"), AROUND).born == date(2009, 12, 31)
    assert read_mentee(young(born=2009), AROUND).born == date(2009, 12, 31)


def test_what_tables_and_json_write_reads_alike() -> None:
    table = young(needs="Internship|orientation|internship", remote="non", born="17/5/2006")
    json_ = young(remote=False)
    assert read_mentee(table, AROUND) == read_mentee(json_, AROUND)


def test_waiting_may_have_begun_elsewhere() -> None:
    mentee = read_mentee(young(since="3/1/2026"), AROUND)
    assert mentee.since is not None
    assert mentee.since.astimezone(UTC) == datetime(2026, 1, 2, 23, 0, tzinfo=UTC)


def test_numbers_of_fiction_count_only_where_allowed() -> None:
    person = young(phone="06 39 98 00 01")
    assert read_mentee(person, AROUND).phone == "+33639980001"
    assert list_faults(read_mentee, person, ValidationContext(TODAY)) == [("phone", "fictional")]


def test_no_value_ever_stands_in_a_refusal() -> None:
    person = young(
        first_name="Zz9Secret", email="zz9secret@", phone="zz9secret", needs=["zz9secret"]
    )
    with pytest.raises(InvalidRegistration) as found:
        read_mentee(person | {"zz9 secret": 1}, AROUND)
    assert "secret" not in json.dumps([fault.to_dict() for fault in found.value.faults]).lower()
    assert "secret" not in str(found.value).lower()


def test_every_code_that_readers_use_has_words() -> None:
    reasons = json.loads(files(errors.__package__).joinpath("reasons.json").read_text("utf-8"))
    for key, words in reasons.items():
        assert set(words) == {"tu", "vous", "en"}, key
        assert all(sentence.endswith((".", "?")) for sentence in words.values()), key


def test_a_field_may_have_words_of_its_own() -> None:
    general, own = Fault("level", "unknown"), Fault("needs", "unknown")
    assert general.sentence("tu") != own.sentence("tu")
    assert own.to_dict()["field"] == "needs"


def test_the_schema_for_partners_lists_the_vocabularies() -> None:
    schema = type(read_mentee(young(), AROUND)).model_json_schema()
    assert schema["properties"]["needs"]["items"]["enum"] == list(NEEDS)
    assert schema["properties"]["department"]["enum"] == list(DEPARTMENTS)
    assert "consent" in schema["required"]
