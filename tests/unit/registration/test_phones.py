"""Mobiles of metropolitan and overseas France, in the ways people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from services.registration.domain.phones import read_mobile


@pytest.mark.parametrize(
    ("written", "department", "expected"),
    [
        ("06 12 34 56 78", "75", "+33612345678"),
        ("+33 6 12 34 56 78", "75", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "75", "+33612345678"),
        ("0033612345678", "75", "+33612345678"),
        ("06.12-34/56 78", None, "+33612345678"),
        ("0692 12 34 56", "974", "+262692123456"),
        ("0692 12 34 56", "75", "+262692123456"),
        ("06 12 34 56 78", "974", "+33612345678"),
        ("0690 12 34 56", "971", "+590690123456"),
        ("0696 12 34 56", "972", "+596696123456"),
        ("0694 20 12 34", "973", "+594694201234"),
        ("0639 01 23 45", "976", "+262639012345"),
        ("+262 692 12 34 56", "974", "+262692123456"),
    ],
)
def test_a_number_is_read_where_the_person_lives(
    written: str, department: str | None, expected: str
) -> None:
    assert read_mobile(written, department, fictional=False) == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("+44 7700 900123", "abroad"),
        ("+1 202 555 0100", "abroad"),
        ("+41 79 123 45 67", "abroad"),
        ("01 42 34 56 78", "not_mobile"),
        ("0612", "unreadable"),
        ("allô", "unreadable"),
        ("+", "unreadable"),
        ("06 39 98 12 34", "fictional"),
        ("+33 6 39 98 12 34", "fictional"),
    ],
)
def test_other_numbers_are_refused(written: str, code: str) -> None:
    with pytest.raises(PydanticCustomError) as found:
        read_mobile(written, "75", fictional=False)
    assert found.value.type == code


@pytest.mark.parametrize("written", ["0639980001", "+33639980001", "0033 6 39 98 00 01"])
def test_fiction_is_allowed_where_it_is_wanted(written: str) -> None:
    assert read_mobile(written, "976", fictional=True) == "+33639980001"


@given(st.text(max_size=40), st.sampled_from([None, "75", "974", "zz"]))
def test_any_text_gives_a_french_number_or_a_reason(written: str, department: str | None) -> None:
    assert _outcome(written, department) in {
        "number",
        "unreadable",
        "abroad",
        "not_mobile",
        "fictional",
    }


def _outcome(written: str, department: str | None) -> str:
    try:
        number = read_mobile(written, department, fictional=False)
    except PydanticCustomError as refused:
        return refused.type
    return "number" if number.startswith(("+33", "+262", "+590", "+594", "+596")) else number
