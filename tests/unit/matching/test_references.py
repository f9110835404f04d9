"""Whom to avoid, who met before, which association: an id that names nobody is a warning or an
error."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from services.matching.gateways.round_files import RoundFiles, read_round
from shared.spreadsheets import InvalidSheet
from tests.support.workbooks import pack, text_cell, text_row, worksheet

CASES = Path(__file__).parents[2] / "cases"
AT = date(2026, 11, 27)
Rows = Sequence[tuple[str, str, str]]
"""By row the id, the association and whom to avoid."""
MENTEES = "id;needs;slots;level;department;since;association;avoid\n"
MENTORS = "id;offers;slots;levels;department;association;avoid\n"
MENTEE = "{};job;wed_pm;lycee;75;2026-11-01;{};{}\n"
MENTOR = "{};job;wed_pm;lycee;75;{};{}\n"


class WriteFiles(Protocol):
    """Writes the files of a round; what is not given is as in the plain case."""

    def __call__(self, mentees: Rows = ..., mentors: Rows = ..., **more: str) -> RoundFiles: ...


@pytest.fixture
def files(tmp_path: Path) -> WriteFiles:
    def write(
        mentees: Rows = (("j1", "", ""),), mentors: Rows = (("m1", "", ""),), **more: str
    ) -> RoundFiles:
        texts = {
            "mentees": MENTEES + "".join(MENTEE.format(*row) for row in mentees),
            "mentors": MENTORS + "".join(MENTOR.format(*row) for row in mentors),
            **more,
        }
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return RoundFiles(**{name: tmp_path / f"{name}.csv" for name in texts})

    return write


def list_faults(files: RoundFiles) -> list[tuple[str, int | None, str | None]]:
    """The faults as (file, line, column)."""
    with pytest.raises(InvalidSheet) as found:
        read_round(files, AT)
    return [(Path(fault.file).name, fault.line, fault.column) for fault in found.value.faults]


def warnings(files: RoundFiles) -> tuple[str, ...]:
    return read_round(files, AT).warnings


def test_the_case_that_went_unnoticed(tmp_path: Path) -> None:
    case = CASES / "forbidden_nobody"
    past = ("--past", str(case / "past.csv"), "--at", "2026-11-27")
    out = ("--out", str(tmp_path / "pairs.csv"))
    run = CliRunner().invoke(
        app, ["match", str(case / "mentees.csv"), str(case / "mentors.csv"), *past, *out]
    )
    assert run.exit_code == 1
    for place in (
        "mentees.csv, ligne 2, colonne « avoid » : « m1, m2 »",
        "mentees.csv, ligne 3, colonne « avoid » : « M3 »",
        "past.csv, ligne 2, colonne « mentee_id » : « 007 »",
        "past.csv, ligne 2, colonne « mentor_id » : « 0012 »",
    ):
        assert place in run.output
    assert not (tmp_path / "pairs.csv").exists()


@pytest.mark.parametrize(
    ("mentor_id", "named"),
    [
        ("m1", "M1"),
        ("12", "0012"),
        ("0012", "12"),
        ("m7", "m007"),
        ("m 1", "m1"),
        ("m1", "m1, m2"),
        ("m1", "m9,m1"),
        ("m1", "m9;m1"),
        ("m1", "m2 m1"),
        ("m1", "\u00a0m1\u00a0x m1"),
        ("ｍ1", "m1"),
        ('" m1"', "m1"),
    ],
)
def test_an_id_that_is_nearly_somebody_is_an_error(
    files: WriteFiles, mentor_id: str, named: str
) -> None:
    quoted = f'"{named}"' if ";" in named else named
    assert list_faults(files([("j1", "", quoted)], [(mentor_id, "", "")])) == [
        ("mentees.csv", 2, "avoid")
    ]


def test_an_id_that_is_nobody_at_all_is_a_warning(files: WriteFiles) -> None:
    [warning] = warnings(files([("j1", "", "m1|gone")]))
    assert "mentees.csv, ligne 2, colonne « avoid » : « gone » n'est pas un id de" in warning


def test_both_sides_and_both_columns_of_past_pairs(files: WriteFiles) -> None:
    found = files(
        [("j1", "", "")],
        [("m1", "", "gone"), ("m2", "", "J1")],
        past="mentee_id;mentor_id\nj9;M1\n",
    )
    assert list_faults(found) == [("mentors.csv", 3, "avoid"), ("past.csv", 2, "mentor_id")]
    past = "mentee_id;mentor_id\nj1;m1\nj1;m8\nj9;m8\n"
    found_warnings = warnings(files(past=past))
    assert [text.split(" : ")[0].split("/")[-1] for text in found_warnings] == [
        "past.csv, ligne 3, colonne « mentor_id »",
        "past.csv, ligne 4, colonne « mentee_id »",
    ]


def test_blanks_beside_the_separator_are_no_fault(files: WriteFiles) -> None:
    assert warnings(files([("j1", "", "m1 | m2")], [("m1", "", ""), ("m2", "", "")])) == ()


def test_an_association_is_judged_where_its_file_is_given(files: WriteFiles) -> None:
    mentees, mentors = [("j1", "A", "")], [("m1", "b", "")]
    assert warnings(files(mentees, mentors)) == ()
    listed = "id;round_cap\na;3\n"
    found = list_faults(files(mentees, mentors, associations=listed))
    assert found == [("mentees.csv", 2, "association")]
    [warning] = warnings(files(mentors=mentors, associations=listed))
    assert "mentors.csv, ligne 2, colonne « association » : « b »" in warning


def test_twenty_are_named_and_the_rest_counted(files: WriteFiles) -> None:
    past = "mentee_id;mentor_id\n" + "".join(f"j1;gone{n}\n" for n in range(25))
    found_warnings = warnings(files(past=past))
    assert len(found_warnings) == 21
    assert found_warnings[-1] == "5 autres références ne désignent personne."


def test_a_fault_elsewhere_makes_nobody_of_nobody(files: WriteFiles) -> None:
    assert list_faults(files([("j1", "", "m1")], [("m1", "", ""), ("", "", "")])) == [
        ("mentors.csv", 3, "id")
    ]


def test_a_birth_date_as_a_formula_makes_no_adult_of_a_child(tmp_path: Path) -> None:
    case = CASES / "formula_birth_date"
    written = [tmp_path / "pairs.csv", tmp_path / "certificate.json"]
    targets = ("--out", str(written[0]), "--certificate", str(written[1]), "--at", "2026-11-27")
    people = (str(case / "mentees.xlsx"), str(case / "mentors.csv"))
    run = CliRunner().invoke(app, ["match", *people, *targets])
    assert run.exit_code == 1
    assert "mentees.xlsx, ligne 2, colonne « born » : une formule sans valeur" in run.output
    assert not any(path.exists() for path in written)


COLUMNS = (
    "id",
    "needs",
    "slots",
    "level",
    "department",
    "since",
    "born",
    "languages",
    "sectors",
    "commune",
    "remote",
    "publics",
    "association",
    "avoid",
)
FILLED = {
    **{"id": "j1", "needs": "job", "slots": "wed_pm", "level": "lycee", "department": "75"},
    **{"since": "2026-11-01", "born": "2012", "languages": "fr", "sectors": "law"},
    **{"commune": "75101", "remote": "oui", "publics": "qpv", "association": "a", "avoid": "m1"},
}


@pytest.mark.parametrize("cell", ["<f>A1</f>", "<f>A1</f><v/>", "<v>#REF!</v>"])
@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_takes_what_cannot_be_read_for_absent(
    files: WriteFiles, tmp_path: Path, column: str, cell: str
) -> None:
    place = f"{chr(65 + COLUMNS.index(column))}2"
    kind = ' t="e"' if "#REF!" in cell else ""
    cells = "".join(
        f'<c r="{place}"{kind}>{cell}</c>'
        if name == column
        else text_cell(f"{chr(65 + at)}2", FILLED[name])
        for at, name in enumerate(COLUMNS)
    )
    path = tmp_path / "unreadable.xlsx"
    path.write_bytes(pack(worksheet([text_row(1, *COLUMNS), cells])))
    mentors = files().mentors
    assert list_faults(RoundFiles(path, mentors)) == [("unreadable.xlsx", 2, column)]
