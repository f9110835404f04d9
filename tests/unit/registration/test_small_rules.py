"""Ages, pseudonyms and publics."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.registration.domain.age import age_band, age_on, is_minor, needs_guardian
from services.registration.domain.pseudonym import pseudonym
from services.registration.domain.publics import visible_publics, with_derived_publics


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2011, 1, 10), date(2026, 1, 10), 15),
        (date(2011, 1, 11), date(2026, 1, 10), 14),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_ages_in_whole_years(born: date, day: date, age: int) -> None:
    assert age_on(day, born) == age
    assert needs_guardian(born, day) == (age < 15)
    assert is_minor(born, day) == (age < 18)


def test_bands_hold_every_age_once() -> None:
    for age in range(5, 31):
        low, high = age_band(age)
        assert low <= age <= high


def test_a_request_keeps_its_pseudonym() -> None:
    request = UUID("11111111-2222-4333-8444-555555555555")
    assert pseudonym(request) == pseudonym(request) == pseudonym(UUID(str(request)))
    assert len({pseudonym(uuid4()) for _ in range(200)}) > 190


def test_level_and_place_add_publics() -> None:
    assert with_derived_publics(["qpv"], "lycee_pro", "974") == {"qpv", "lycee_pro", "outre_mer"}
    assert with_derived_publics([], "lycee", "69") == frozenset()


def test_an_association_sees_only_its_own_speciality() -> None:
    assert visible_publics(["ase", "disability", "qpv"], frozenset({"ase"})) == ["ase"]
    assert visible_publics(["ase"], frozenset()) == []
