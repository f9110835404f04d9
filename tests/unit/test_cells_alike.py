"""The same cells mean the same to `binome match` and to `binome import`, each by its own code."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from services.matching.gateways import people_files
from services.registration.domain.errors import InvalidRegistration
from services.registration.domain.registrations import read_mentee, read_mentor
from services.registration.use_cases.import_people import COLUMNS, IGNORED, registration_of
from shared.contracts.types import PARIS, Side
from shared.spreadsheets import InvalidSheet, csv_text, read_sheet
from tests.unit.registration.people import AROUND

YOUNG = {
    "id": "j1",
    "first_name": "Inès",
    "last_name": "Marchandeau",
    "email": "ines.marchandeau@exemple.fr",
    "consent": "oui",
    "born": "2006-05-17",
    "department": "01",
    "level": "lycee",
    "needs": "job",
    "slots": "mon_am",
    "since": "2026-01-03",
}
VOLUNTEER = {
    "id": "m1",
    "first_name": "Gaspard",
    "last_name": "Lenormand",
    "email": "gaspard.lenormand@exemple.fr",
    "consent": "oui",
    "born": "1985-11-02",
    "department": "01",
    "levels": "lycee",
    "offers": "job",
    "slots": "mon_am",
}
Cells = Mapping[str, object]
Write = Callable[[Path, Cells], Path]


def write_csv(folder: Path, cells: Cells) -> Path:
    file = folder / "people.csv"
    file.write_text(csv_text(list(cells), [[str(cell) for cell in cells.values()]]))
    return file


def write_workbook(folder: Path, cells: Cells) -> Path:
    book = Workbook()
    for column, (name, cell) in enumerate(cells.items(), start=1):
        book.worksheets[0].cell(1, column, name)
        book.worksheets[0].cell(2, column).value = cell  # type: ignore[assignment]  # any cell, as a stranger writes it
    file = folder / "people.xlsx"
    book.save(file)
    return file


def match_reads(side: Side, file: Path) -> Any:
    """The person as `binome match` has them; None: refused."""
    try:
        if side == "mentee":
            return people_files.mentees_sheet(file).read(people_files.mentee)[0]
        return people_files.mentors_sheet(file).read(people_files.mentor)[0]
    except InvalidSheet:
        return None


def import_reads(side: Side, file: Path) -> Any:
    """The person as `binome import` has them; None: refused."""
    [row] = read_sheet(file, COLUMNS[side], IGNORED).rows()
    try:
        read = read_mentee if side == "mentee" else read_mentor
        return read(registration_of(row), AROUND)
    except InvalidRegistration:
        return None


def at(written: str) -> datetime:
    """A moment as a workbook holds it: by the clock on the wall."""
    return datetime.fromisoformat(written)


def label(value: object) -> str:
    return str(getattr(value, "__name__", value))


def plain(value: object) -> object:
    return value.astimezone(PARIS).date() if isinstance(value, datetime) else value


CELLS: list[tuple[Side, dict[str, object], object]] = [
    ("mentee", {"department": "1"}, "01"),
    ("mentee", {"department": "01"}, "01"),
    ("mentee", {"department": " 2a "}, "2A"),
    ("mentee", {"department": "974"}, "974"),
    ("mentee", {"department": "20"}, None),
    ("mentee", {"department": "Ain"}, None),
    ("mentee", {"commune": "1004"}, "01004"),
    ("mentee", {"commune": "01004"}, "01004"),
    ("mentee", {"department": "2A", "commune": "2a004"}, "2A004"),
    ("mentee", {"commune": "69001"}, None),
    ("mentee", {"commune": "Bourg"}, None),
    ("mentee", {"since": "2026-01-03"}, date(2026, 1, 3)),
    ("mentee", {"since": "3/1/2026"}, date(2026, 1, 3)),
    ("mentee", {"since": "20260103"}, date(2026, 1, 3)),
    ("mentee", {"since": "2026-01-03 09:30"}, date(2026, 1, 3)),
    ("mentee", {"since": "2026-01-03T09:30:00.5+0100"}, date(2026, 1, 3)),
    ("mentee", {"since": "2026-01-03T23:30:00Z"}, date(2026, 1, 4)),
    ("mentee", {"since": "03/01/2026 9:30"}, date(2026, 1, 3)),
    ("mentee", {"since": "03/01/2026 09:30:15"}, date(2026, 1, 3)),
    ("mentee", {"since": "03/01/2026 25:30"}, None),
    ("mentee", {"since": "31/02/2025"}, None),
    ("mentee", {"since": "2026"}, None),
    ("mentee", {"since": "janvier"}, None),
    ("mentee", {"born": "2006-05-17T00:00:00"}, date(2006, 5, 17)),
    ("mentee", {"born": "17/05/2006 00:00"}, date(2006, 5, 17)),
    ("mentee", {"born": "2006"}, date(2006, 12, 31)),
    ("mentee", {"born": "05/2006"}, None),
    ("mentee", {"born": "1899-12-31"}, None),
    ("mentee", {"born": "1850"}, None),
    ("mentee", {"remote": "Non"}, False),
    ("mentee", {"remote": "0"}, False),
    ("mentee", {"remote": "VRAI"}, True),
    ("mentee", {"remote": "parfois"}, None),
    ("mentor", {"cleared": "oui"}, True),
    ("mentor", {"cleared": "30/06/2026 00:00"}, date(2026, 6, 30)),
    ("mentor", {"cleared": "2026-06-30T00:00:00"}, date(2026, 6, 30)),
    ("mentor", {"cleared": "bientôt"}, None),
    ("mentor", {"born": "2/11/1985"}, date(1985, 11, 2)),
]
TYPED: list[tuple[Side, dict[str, object], object]] = [
    ("mentee", {"department": 1}, "01"),
    ("mentee", {"commune": 1004}, "01004"),
    ("mentee", {"since": at("2026-01-03T09:30")}, date(2026, 1, 3)),
    ("mentee", {"since": date(2026, 1, 3)}, date(2026, 1, 3)),
    ("mentee", {"born": at("2006-05-17T12:00")}, date(2006, 5, 17)),
    ("mentee", {"born": 2006}, date(2006, 12, 31)),
    ("mentee", {"remote": False}, False),
    ("mentor", {"cleared": at("2026-06-30T00:00")}, date(2026, 6, 30)),
]
CASES = [(write_csv, *case) for case in CELLS] + [
    (write_workbook, *case) for case in [*CELLS, *TYPED]
]


@pytest.mark.parametrize(("write", "side", "cells", "expected"), CASES, ids=label)
def test_a_cell_means_the_same_to_both(
    tmp_path: Path, write: Write, side: Side, cells: Cells, expected: object
) -> None:
    file = write(tmp_path, {**(YOUNG if side == "mentee" else VOLUNTEER), **cells})
    [*_, column] = cells
    people = [match_reads(side, file), import_reads(side, file)]
    read = [None if person is None else plain(getattr(person, column)) for person in people]
    assert read == [expected, expected]
