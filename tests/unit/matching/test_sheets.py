"""Spreadsheets as people make them: every encoding and habit read, every fault placed."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from shared.spreadsheets import (
    CellError,
    Column,
    InvalidCell,
    InvalidSheet,
    Row,
    boolean,
    check_targets,
    code_list,
    csv_text,
    day,
    escape_formula,
    identifier,
    moment,
    read_sheet,
    replace_files,
    unescape_formula,
    whole_number,
)

COLUMNS = (
    Column("id", required=True),
    Column("needs", ("besoins",), required=True),
    Column("born", ("né_le",)),
)


def person(row: Row) -> tuple[str, frozenset[str], date | None]:
    return (
        row.take("id", identifier),
        row.take("needs", code_list(("job", "studies"))),
        row.take_or("born", day, None),
    )


def read(folder: Path, content: bytes) -> list[tuple[str, frozenset[str], date | None]]:
    path = folder / "people.csv"
    path.write_bytes(content)
    return read_sheet(path, COLUMNS).read(person)


def faults(folder: Path, content: bytes) -> list[CellError]:
    with pytest.raises(InvalidSheet) as refusal:
        read(folder, content)
    return list(refusal.value.faults)


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.create_sheet("autre").append(["id"])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


ONE = [("a", frozenset({"job"}), date(2010, 1, 2))]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_writing_of_the_same_file_is_the_same(
    tmp_path: Path, delimiter: str, encoding: str, end: str
) -> None:
    text = end.join(["id;BESOINS; Né le ", "a;job|job;02/01/2010", ""])
    assert read(tmp_path, text.replace(";", delimiter).encode(encoding)) == ONE


@pytest.mark.parametrize(
    "header", ["id,needs,born", "ID,Besoins,Ne Le", "id,besoins,ne\u0301_le", "ID,NEEDS,NÉ  LE"]
)
def test_headers_without_case_accents_or_spaces(tmp_path: Path, header: str) -> None:
    assert read(tmp_path, f"{header}\na,job,2010-01-02\n".encode()) == ONE


def test_a_workbook_reads_like_a_text(tmp_path: Path) -> None:
    content = workbook(["Id", "Besoins", "Né le"], ["a", "job", date(2010, 1, 2)])
    assert read(tmp_path, content) == ONE


def test_numbers_of_a_workbook_are_ids_too(tmp_path: Path) -> None:
    content = workbook(["id", "needs"], [12, "job"], [], [3.0, "job"])
    assert [name for name, _, _ in read(tmp_path, content)] == ["12", "3"]


def test_blank_lines_are_skipped_and_lines_keep_their_number(tmp_path: Path) -> None:
    content = b'\nid,needs\n\n"a\nb",job\n , \nc,jobs\n'
    [fault] = faults(tmp_path, content)
    assert (fault.line, fault.column) == (7, "needs")


def test_every_fault_is_named_by_line_and_column(tmp_path: Path) -> None:
    content = "id;Besoins;né le\na;jobs;\n;;31/02/2010\nc;job;hier\n".encode()
    places = [(fault.line, fault.column) for fault in faults(tmp_path, content)]
    assert places == [
        (2, "Besoins (needs)"),
        (3, "id"),
        (3, "Besoins (needs)"),
        (3, "né le (born)"),
        (4, "né le (born)"),
    ]


def test_twenty_faults_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    content = b"id,needs\n" + b"a,x\n" * 25
    with pytest.raises(InvalidSheet) as refusal:
        read(tmp_path, content)
    sentences = refusal.value.sentences()
    assert len(sentences) == 21
    assert sentences[-1] == f"{tmp_path}/people.csv : et 5 autres."
    assert sentences[0].startswith(f"{tmp_path}/people.csv, ligne 2, colonne « needs » : « x »")


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"", None, "vide"),
        (b"\n\n", None, "vide"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", None, "ni un tableau"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None, "ni un tableau"),
        ("id,needs\na,job\n".encode("utf-16"), None, "ni un tableau"),
        (b"id,needs\na,\x81\xff\n", None, "ni un tableau"),
        (b"PK\x03\x04 not a workbook", None, "illisible"),
        (b'id,needs\na,job\nb,"job\nc,job\n', 3, "guillemet"),
        (b'id,needs\n"a"x,job\n', 2, "guillemets"),
        (b"id,needs\na,job,more\n", 2, "plus de cellules"),
        (b"id\na\n", 1, "obligatoire"),
        (b"id,needs,Besoins\na,job,job\n", 1, "deux fois"),
        (b"id,needs,note,NOTE\na,job,,\n", 1, "deux fois"),
        (b"id,needs\na,|\n", 2, "vide"),
        (b"id,needs\n" + b"a" * 65 + b",job\n", 2, "64 au plus"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, line: int | None, sentence: str
) -> None:
    [fault] = faults(tmp_path, content)
    assert (fault.line, sentence in fault.message) == (line, True), str(fault)


def test_a_file_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "no.csv", "n'existe pas"), (tmp_path, "dossier")):
        with pytest.raises(InvalidSheet, match=sentence):
            read_sheet(path, COLUMNS)


def test_good_rows_are_kept_beside_bad_ones(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,needs\na,job\nb,jobs\nc,job\n")
    rows = list(read_sheet(path, COLUMNS).rows())
    names = [person(row)[0] for row in rows]
    assert [name for name, row in zip(names, rows, strict=True) if not row.faults] == ["a", "c"]


def test_faults_before_an_unreadable_line_are_reported_too(tmp_path: Path) -> None:
    lines = [fault.line for fault in faults(tmp_path, b'id,needs\na,x\nb,"job\n')]
    assert lines == [2, 3]


def test_unknown_columns_are_reported_once_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,needs,Note,email,shoe size\n")
    sheet = read_sheet(path, COLUMNS, ignored=("email",))
    assert sheet.read(person) == []
    assert [warning.split(" : ", 1)[1] for warning in sheet.warnings] == [
        "colonnes inconnues, ignorées : « Note », « shoe size ».",
        "des en-têtes, mais aucune ligne.",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-10", date(2026, 1, 10)),
        ("10/01/2026", date(2026, 1, 10)),
        ("1/2/2026", date(2026, 2, 1)),
        ("2026-01-10T09:30:00+01:00", date(2026, 1, 10)),
        ("2026-01-10T23:30:00Z", date(2026, 1, 11)),
        ("2026-07-10T22:30:00+00:00", date(2026, 7, 11)),
        ("2026-01-10T23:59:00", date(2026, 1, 10)),
        ("2026-01-10 09:30", date(2026, 1, 10)),
        ("10/01/2026 9:30", date(2026, 1, 10)),
        ("20260110", date(2026, 1, 10)),
    ],
)
def test_a_day_is_a_day_in_paris(text: str, found: date) -> None:
    assert day(text) == found


@pytest.mark.parametrize(
    "text", ["2026-13-01", "31/02/2026", "10/01/26", "2026", "202601", "demain", "9999-12-31T24"]
)
def test_no_day_at_all(text: str) -> None:
    with pytest.raises(InvalidCell):
        day(text)


def test_a_moment_without_zone_is_in_paris() -> None:
    assert moment("2026-07-10T09:30").astimezone(UTC) == datetime(2026, 7, 10, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "found"),
    [(("yes", "Oui", "TRUE", " 1 ", "vrai"), True), (("no", "Non", "false", "0"), False)],
)
def test_yes_and_no(words: tuple[str, ...], found: bool) -> None:
    assert {boolean(word) for word in words} == {found}


@pytest.mark.parametrize("text", ["-1", "21", "1.5", "1,0", "deux", "1e1", "١"])
def test_whole_numbers_have_limits(text: str) -> None:
    assert whole_number(0, 20)(" 20 ") == 20
    with pytest.raises(InvalidCell):
        whole_number(0, 20)(text)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+33", "-2", "@a", "\tx", "\rx", "'=x", "''-", "'a", "a=b"]
)
def test_a_cell_is_never_a_formula_and_comes_back_whole(tmp_path: Path, cell: str) -> None:
    assert escape_formula(cell)[0] not in "=+-@\t\r"
    assert unescape_formula(escape_formula(cell)) == cell
    path = tmp_path / "out.csv"
    path.write_text(csv_text(("id", "needs"), [(cell, "a;b,c")]), newline="")
    [found] = read_sheet(path, COLUMNS).read(
        lambda row: (row.take("id", unescape_formula), row.take("needs", str))
    )
    assert found == (cell, "a;b,c")


def test_files_are_replaced_together_or_not_at_all(tmp_path: Path) -> None:
    kept, blocked = tmp_path / "kept.csv", tmp_path / "gone" / "blocked.csv"
    kept.write_text("before")
    with pytest.raises(OSError, match="No such file"):
        replace_files({kept: "after", blocked: "after"})
    assert kept.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]


def test_targets_that_cannot_be_written(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id\n")
    for target in (source, tmp_path / "no" / "out.csv", tmp_path, Path("/dev/null")):
        with pytest.raises(InvalidSheet):
            check_targets([target], [source])
    with pytest.raises(InvalidSheet, match="sert déjà"):
        check_targets([tmp_path / "out.csv", tmp_path / "." / "out.csv"])
