"""First names as people have them; anything else is left out of our mails."""

import pytest

from services.notification.domain.display_name import display_name


@pytest.mark.parametrize(
    "name", ["Inès", "Jean-Baptiste", "Marie Ève", "D’Artagnan", "N'Golo", "Zoé", "李娜", "J."]
)
def test_a_name_is_a_name(name: str) -> None:
    assert display_name(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://exemple.example/gagner",
        "exemple.example",
        "Gagne 1000 euros",
        "a@exemple.example",
        "<b>Inès</b>",
        "Inès\r\nBcc: tous@exemple.example",
        "x" * 41,
        "{{ link }}",
    ],
)
def test_what_is_no_name_is_not_repeated(text: str) -> None:
    assert display_name(text) == ""


def test_spaces_around_are_tidied() -> None:
    assert display_name("  Marie   Ève ") == "Marie Ève"
