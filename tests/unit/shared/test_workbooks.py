"""Workbooks from outside: size is limited before they are unpacked, and no shown cell is read
empty."""

import os
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from shared.spreadsheets import Column, InvalidSheet, Row, read_sheet, text
from tests.support.workbooks import pack, text_cell, text_row, worksheet

COLUMNS = (Column("id", required=True), Column("born"), Column("note"))
HEADER = text_row(1, "id", "born", "note")


def faults(folder: Path, content: bytes) -> list[tuple[int | None, str | None, str]]:
    path = folder / "people.xlsx"
    path.write_bytes(content)
    with pytest.raises(InvalidSheet) as refusal:
        read_sheet(path, COLUMNS).read(_person)
    return [(fault.line, fault.column, fault.message) for fault in refusal.value.faults]


def _person(row: Row) -> tuple[str, str, str]:
    return row.take("id", text), row.take_or("born", text, ""), row.take_or("note", text, "")


def read(folder: Path, content: bytes) -> list[tuple[str, str, str]]:
    path = folder / "people.xlsx"
    path.write_bytes(content)
    return read_sheet(path, COLUMNS).read(_person)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ('<c r="B2"><f>DATE(2012,5,4)</f></c>', "formule sans valeur"),
        ('<c r="B2"><f>DATE(2012,5,4)</f><v/></c>', "formule sans valeur"),
        ('<c r="B2"><f>DATE(2012,5,4)</f><v></v></c>', "formule sans valeur"),
        ('<c r="B2"><f>[1]Feuil1!A1</f><v></v></c>', "formule sans valeur"),
        ('<c r="B2" t="str"><f>A1</f></c>', "formule sans valeur"),
        ('<c r="B2" t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c r="B2" t="e"><f>A1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        (text_cell("B2", "#N/A"), "#N/A"),
    ],
)
def test_a_cell_that_shows_something_and_holds_nothing_is_not_empty(
    tmp_path: Path, cell: str, sentence: str
) -> None:
    content = pack(worksheet([HEADER, text_cell("A2", "a") + cell, text_row(3, "b", "2012")]))
    [(line, column, message)] = faults(tmp_path, content)
    assert (line, column, sentence in message) == (2, "born", True)


def test_a_formula_with_its_value_is_read_and_an_empty_result_is_empty(tmp_path: Path) -> None:
    cells = '<c r="B2"><f>A1</f><v>2012</v></c><c r="C2" t="str"><f>IF(1,"","x")</f><v></v></c>'
    content = pack(worksheet([HEADER, text_cell("A2", "a") + cells]))
    assert read(tmp_path, content) == [("a", "2012", "")]


def test_booleans_are_words(tmp_path: Path) -> None:
    content = pack(worksheet([HEADER, text_cell("A2", "a") + '<c r="B2" t="b"><v>1</v></c>']))
    assert read(tmp_path, content) == [("a", "true", "")]


def test_merged_cells_do_not_hold_what_they_show(tmp_path: Path) -> None:
    rows = [HEADER, text_row(2, "a", "2012"), text_cell("A3", "b"), text_cell("A4", "c")]
    found = faults(tmp_path, pack(worksheet(rows, ["B2:B4"])))
    assert [(line, column) for line, column, _ in found] == [(3, "born"), (4, "born")]
    assert "fusion" in found[0][2]


def test_a_line_of_merged_cells_alone_is_blank(tmp_path: Path) -> None:
    rows = [HEADER, text_row(2, "a", "2012", "x"), ""]
    assert read(tmp_path, pack(worksheet(rows, ["A2:A3", "B2:B3", "C2:C3"])))[0][0] == "a"


def test_a_merged_header_is_refused(tmp_path: Path) -> None:
    rows = [text_row(1, "id", "born"), text_row(2, "a", "2012")]
    [(line, column, message)] = faults(tmp_path, pack(worksheet(rows, ["B1:C1"])))
    assert (line, column, "fusion" in message) == (1, "n° 3", True)


def test_a_formula_in_the_header_is_refused(tmp_path: Path) -> None:
    rows = [text_row(1, "id") + '<c r="B1"><f>A2</f></c>', text_row(2, "a", "2012")]
    assert faults(tmp_path, pack(worksheet(rows)))[0][:2] == (1, "n° 2")


def test_a_row_far_below_or_a_cell_far_to_the_right_costs_nothing(tmp_path: Path) -> None:
    far = f'<row r="1048576">{text_row(1048576, "z", "2012")}</row></sheetData>'
    content = worksheet([HEADER, text_row(2, "a", "2012")]).replace("</sheetData>", far)
    assert [row[0] for row in read(tmp_path, pack(content))] == ["a", "z"]
    wide = worksheet([HEADER, text_cell("A2", "a") + text_cell("XFD2", "far")])
    assert "illisible" in faults(tmp_path, pack(wide))[0][2]


REPEATED = b'<row><c t="inlineStr"><is><t>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</t></is></c></row>'


def bomb(path: Path, megabytes: int) -> None:
    """A workbook whose sheet unfolds to so much, and packs to a thousandth of it."""
    path.write_bytes(pack(worksheet([HEADER])))
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as sheet,
    ):
        for _ in range(megabytes):
            sheet.write(REPEATED * (1_000_000 // len(REPEATED)))


SCRIPT = """
import sys
from pathlib import Path
from shared.spreadsheets import Column, InvalidSheet, read_sheet
try:
    read_sheet(Path(sys.argv[1]), (Column("id", required=True),)).read(lambda row: None)
except InvalidSheet as refusal:
    print(refusal)
print(*[line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")])
"""


def test_a_small_file_that_unfolds_to_300_mb_is_refused_before_it_does(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    bomb(path, 300)
    assert path.stat().st_size < 2_000_000
    command = [sys.executable, "-c", SCRIPT, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    reason, kilobytes = done.stdout.splitlines()
    assert "trop gros une fois décompressé" in reason
    assert int(kilobytes) < 100_000


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"xl/sharedStrings.xml": b"<si><t>a</t></si>" * 2_000_000}, "trop gros"),
        ({"xl/styles.xml": b"<xf/>" * 5_000_000}, "trop gros"),
        ({f"xl/worksheets/sheet{n}.xml": b"x" for n in range(2, 600)}, "trop de feuilles"),
        ({f"xl/worksheets/sheet{n}.xml": os.urandom(1) * 4_900_000 for n in range(2, 24)}, "trop"),
    ],
)
def test_other_ways_to_unfold_without_end(
    tmp_path: Path, others: dict[str, bytes], sentence: str
) -> None:
    content = pack(worksheet([HEADER, text_row(2, "a")]), others)
    [(line, column, message)] = faults(tmp_path, content)
    assert (line, column, sentence in message) == (None, None, True)


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    names = "abcdefghij"
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairwise(names)
    )
    sheet = worksheet([HEADER, text_cell("A2", "&j;")])
    content = pack(sheet.replace("<worksheet", f"<!DOCTYPE x [{entities}]><worksheet", 1))
    assert "illisible" in faults(tmp_path, content)[0][2]


def test_a_text_that_is_not_in_the_list_of_texts(tmp_path: Path) -> None:
    row = '<c r="A2" t="s"><v>99</v></c>'
    assert "illisible" in faults(tmp_path, pack(worksheet([HEADER, row])))[0][2]


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(InvalidSheet, match="trop gros"):
        read_sheet(path, COLUMNS)
