"""Whatever stands in a cell or a file is read or refused in a sentence; nothing else is raised."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from inspect import isfunction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from services.matching.gateways import cells
from services.matching.gateways.certificate_data import certificate_from
from services.matching.gateways.pairs_file import read_pairs
from services.matching.gateways.plain_data import NotAsStated, strict_json
from services.matching.gateways.policy_file import read_policy
from shared import spreadsheets
from shared.spreadsheets import InvalidCell, InvalidSheet
from tests.support.anything import TEXTS, VALUES

READERS: dict[str, Callable[[str], Any]] = {
    "text": spreadsheets.text,
    "identifier": spreadsheets.identifier,
    "boolean": spreadsheets.boolean,
    "whole_number": spreadsheets.whole_number(0, 20),
    "code": spreadsheets.code(("a", "b")),
    "code_list": spreadsheets.code_list(("a", "b")),
    "moment": spreadsheets.moment,
    "day": spreadsheets.day,
    "department_code": spreadsheets.department_code,
    "commune_code": spreadsheets.commune_code,
    "birth_date": spreadsheets.birth_date,
    "clearance": cells.clearance,
    "languages": cells.languages,
    "ids": cells.ids,
}


def test_every_reader_of_matching_is_tried() -> None:
    own = {
        name
        for name, made in vars(cells).items()
        if isfunction(made) and made.__module__ == cells.__name__ and name[0] != "_"
    }
    assert own <= set(READERS)


@pytest.mark.parametrize("reader", READERS)
@given(raw=TEXTS)
def test_a_cell_is_read_or_refused(reader: str, raw: str) -> None:
    with suppress(InvalidCell):
        READERS[reader](raw)


@given(data=VALUES)
def test_anything_in_place_of_a_certificate(data: object) -> None:
    with pytest.raises(NotAsStated):
        certificate_from(data)


@pytest.mark.parametrize("written", ["9999-12-31", "0001-01-01", "1899-12-31T10:00", "1/1/2101"])
def test_dates_at_the_ends_of_the_calendar_are_refused_by_year(written: str) -> None:
    for reader in (spreadsheets.day, spreadsheets.moment, spreadsheets.birth_date):
        with pytest.raises(InvalidCell, match="l'année va de 1900 à 2100"):
            reader(written)


def test_the_ends_of_what_is_read() -> None:
    assert spreadsheets.day("1900-01-01T00:00Z") == date(1900, 1, 1)
    assert spreadsheets.day("2100-12-31T23:30Z") == date(2101, 1, 1), "by the calendar of Paris"


LONG = "9" * 5000
DEEP = "[" * 100_000


NO_JSON = [LONG, DEEP, f'{{"a": {LONG}}}', '{"a": NaN}', "\x00", '"\\ud800']


@pytest.mark.parametrize("content", NO_JSON)
def test_what_is_no_plain_json(content: str) -> None:
    with pytest.raises(NotAsStated):
        strict_json(content.encode())


def test_a_surrogate_is_text_like_any_other() -> None:
    assert strict_json(json.dumps("\ud800").encode()) == "\ud800"


@pytest.mark.parametrize("content", [f"version = {LONG}", f"a = {DEEP}", "version = 2026-13-01"])
def test_a_policy_that_no_reader_can_hold(tmp_path: Path, content: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(content)
    with pytest.raises(InvalidSheet, match=r"policy\.toml"):
        read_policy(file)


@pytest.mark.parametrize("figure", ["NaN", "1e999", LONG, "²", "1_0", "١"])
def test_a_pairs_file_with_a_figure_that_is_none(tmp_path: Path, figure: str) -> None:
    file = tmp_path / "pairs.csv"
    rest = "needs=1|sectors=0|slots=1|proximity=1|waiting=1"
    file.write_text(f"mentee_id,mentor_id,score,components\na,b,{figure},{rest}\n")
    with pytest.raises(InvalidSheet, match="n'est pas un nombre"):
        read_pairs(file)
