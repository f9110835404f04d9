"""Whatever stands in a field is read or refused by name: no reader raises anything else."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from inspect import isfunction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from services.registration.domain import fields
from services.registration.domain.errors import InvalidRegistration
from services.registration.domain.mentee_registration import MenteeRegistration
from services.registration.domain.mentor_registration import MentorRegistration
from services.registration.domain.phones import read_mobile
from services.registration.domain.registration import ValidationContext
from services.registration.domain.registrations import read_mentee, read_mentor
from shared.contracts.calendar import longest_wait_from
from tests.support.anything import TEXTS, VALUES, deep
from tests.unit.registration.people import AROUND, volunteer, young

READERS = {
    "name": fields.name,
    "mail": fields.mail,
    "birth_date": fields.birth_date,
    "clearance": fields.clearance,
    "department": fields.department,
    "commune": fields.commune,
    "moment": fields.moment,
    "yes_or_no": fields.yes_or_no,
    "whole_number": fields.whole_number(1, 20),
    "code": fields.code(("a", "b")),
    "codes": fields.codes(("a", "b")),
    "languages": fields.languages,
    "matching": fields.matching(r"[A-Za-z0-9]{1,64}"),
}


def list_faults(
    read: Callable[[object, ValidationContext], object], value: object
) -> list[tuple[str, str]]:
    """The faults as (field, code); none for what is accepted."""
    try:
        read(value, AROUND)
    except InvalidRegistration as found:
        return [(fault.field, fault.code) for fault in found.faults if fault.sentence("vous")]
    return []


def test_every_reader_is_tried() -> None:
    readers = {name for name, made in vars(fields).items() if _is_own(made, name)}
    assert readers - {"read_day"} == set(READERS), "read_day reads what is a text already"


def _is_own(made: object, name: str) -> bool:
    return isfunction(made) and made.__module__ == fields.__name__ and name[0] != "_"


@given(written=TEXTS)
def test_a_day_is_read_or_refused(written: str) -> None:
    with suppress(PydanticCustomError):
        fields.read_day(written)


@pytest.mark.parametrize("reader", READERS)
@given(value=VALUES)
def test_a_field_is_read_or_refused(reader: str, value: object) -> None:
    with suppress(PydanticCustomError):
        READERS[reader](value)


@given(written=TEXTS, department=st.sampled_from([None, "69", "974"]))
def test_a_phone_is_read_or_refused(written: str, department: str | None) -> None:
    with suppress(PydanticCustomError):
        assert read_mobile(written, department, True).isascii()


@given(field=st.sampled_from(sorted(MenteeRegistration.model_fields)), value=VALUES)
def test_a_young_person_with_anything_in_a_field(field: str, value: object) -> None:
    list_faults(read_mentee, young(**{field: value}))


@given(field=st.sampled_from(sorted(MentorRegistration.model_fields)), value=VALUES)
def test_a_mentor_with_anything_in_a_field(field: str, value: object) -> None:
    list_faults(read_mentor, volunteer(**{field: value}))


@given(body=VALUES, extra=st.dictionaries(TEXTS, VALUES, max_size=2))
def test_anything_in_place_of_a_registration(body: object, extra: dict[str, object]) -> None:
    assert list_faults(read_mentee, body)
    list_faults(read_mentor, volunteer() | extra)


@pytest.mark.parametrize("field", sorted(MenteeRegistration.model_fields))
def test_lists_940_deep_in_any_field_are_refused_by_name(field: str) -> None:
    body = json.loads(json.dumps(young()).replace("}", f', "{field}": {"[" * 940}{"]" * 940}}}'))
    [(name, code)] = list_faults(read_mentee, body)
    assert (name, code in ("unreadable", "not_yes_or_no", "unknown")) == (field, True)
    assert list_faults(read_mentee, young(**{field: deep()})) == [(name, code)]


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ("9999-12-31T23:30Z", "year_out_of_bounds"),
        ("9999-12-31T23:30:00-14:00", "year_out_of_bounds"),
        ("0001-01-01T00:00+14:00", "year_out_of_bounds"),
        ("0001-01-01", "year_out_of_bounds"),
        ("2101-01-01", "year_out_of_bounds"),
        ("2023-01-09", "too_long_ago"),
        ("2026-01-11", "in_the_future"),
    ],
)
def test_a_registration_date_at_the_edge_is_refused_in_words(since: str, code: str) -> None:
    assert list_faults(read_mentee, young(since=since)) == [("since", code)]


def test_the_longest_wait_is_three_years_and_a_mentor_may_have_come_earlier() -> None:
    mentee = read_mentee(young(since="2023-01-10"), AROUND)
    assert mentee.since == datetime(2023, 1, 9, 23, tzinfo=UTC)
    assert read_mentor(volunteer(since="2019-09-01"), AROUND).since


def test_the_longest_wait_on_a_day_that_was_not_there_three_years_ago() -> None:
    assert longest_wait_from(date(2028, 2, 29)) == date(2025, 2, 28)
