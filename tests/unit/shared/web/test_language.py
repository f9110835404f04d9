"""Which language a reader gets, and how French is written."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.requests import Request

from shared.web.dates import day, moment
from shared.web.language import language, with_current_language
from shared.web.translation import translator


def request(query: str = "", accepts: str = "") -> Request:
    headers = [(b"accept-language", accepts.encode())] if accepts else []
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("query", "accepts", "expected"),
    [
        ("", "", "fr"),
        ("lang=en", "fr-FR,fr;q=0.9", "en"),
        ("lang=fr", "en-GB", "fr"),
        ("lang=de", "en-GB", "en"),
        ("", "en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("", "de,fr;q=0.7,en;q=0.3", "fr"),
        ("", "de-DE", "fr"),
        ("", "en;q=0,fr;q=0.1", "fr"),
        ("", "en;q=none", "fr"),
        ("", "fr;q=0.8,en;q=0.8", "fr"),
        ("lang=%3Cscript%3E", "", "fr"),
    ],
)
def test_the_switch_counts_first_then_the_browser_then_french(
    query: str, accepts: str, expected: str
) -> None:
    assert language(request(query, accepts)) == expected


def test_a_redirect_keeps_the_language_chosen_by_hand_only() -> None:
    assert with_current_language("/demande/x", request("lang=en")) == "/demande/x?lang=en"
    assert (
        with_current_language("/demande/x?a=1#b", request("lang=en")) == "/demande/x?a=1&lang=en#b"
    )
    assert with_current_language("/demande/x", request("", "en")) == "/demande/x"


def test_french_marks_never_begin_a_line() -> None:
    t = translator("fr")
    assert t("Ça va ? Bien ! Ici : là ; ça.", "") == (
        "Ça va\u202f? Bien\u202f! Ici\u00a0: là\u202f; ça."
    )
    assert t("Choisis « Ça va ».", "") == "Choisis «\u00a0Ça va\u00a0»."
    assert translator("en")("Ça va ?", "Well ?") == "Well ?"


def test_dates_are_written_as_people_say_them() -> None:
    assert day(date(2026, 1, 12)) == "12 janvier 2026"
    assert day(date(2026, 8, 1)) == "1er août 2026"
    assert day(date(2026, 8, 1), "en") == "1 August 2026"


def test_a_moment_is_shown_in_the_zone_of_the_reader() -> None:
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    assert moment(late) == "1er février 2026 à 0\u00a0h\u00a030"
    assert day(late) == "1er février 2026"
    assert moment(late, "fr", ZoneInfo("America/Guadeloupe")) == (
        "31 janvier 2026 à 19\u00a0h\u00a030"
    )
    assert moment(late, "en") == "1 February 2026 at 00:30"
