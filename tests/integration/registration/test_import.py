"""`binome import`: a file of people through the same validation as every source."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from deploy.cli.main import app
from shared.contracts.events import MenteeRegistered, MentorRegistered
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

CASES = Path(__file__).parents[2] / "cases"
COLUMNS = {
    "id": "référence",
    "first_name": "Prénom",
    "last_name": "Nom",
    "born": "Né le",
    "department": "Département",
    "email": "Courriel",
    "phone": "Téléphone",
    "level": "Niveau",
    "needs": "Besoins",
    "slots": "Créneaux",
    "consent": "Accord",
}


def people(n: int, **changes: Any) -> list[dict[str, Any]]:
    """`n` young people with names of their own."""
    alphabet = "abcdefghij"
    return [
        young(
            id=f"j{i}",
            last_name="Marchandeau" + alphabet[i % 10] + alphabet[i // 10],
            email=f"jeune{i}@exemple.fr",
            **changes,
        )
        for i in range(n)
    ]


def sheet(rows: list[dict[str, Any]], columns: dict[str, str] = COLUMNS) -> bytes:
    """French headers, semicolons, cp1252: as a French Excel writes it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(columns.values())
    writer.writerows([[_cell(row.get(name, "")) for name in columns] for row in rows])
    return text.getvalue().encode("cp1252")


def _cell(value: Any) -> str:
    if isinstance(value, list):
        value_: str = "|".join(value)
        return value_
    value__: str = {True: "oui", False: "non"}.get(value, value)
    return value__


RunImport = Callable[..., Awaitable[Result]]


@pytest.fixture
def run(s: ServiceHarness) -> RunImport:
    """`binome import` as an operator runs it."""

    async def import_(*arguments: object) -> Result:
        command = ["import", *map(str, arguments)]
        return await asyncio.to_thread(CliRunner().invoke, app, command)

    return import_


async def test_a_french_spreadsheet_is_imported(
    s: ServiceHarness, run: RunImport, tmp_path: Path
) -> None:
    file = tmp_path / "jeunes.csv"
    file.write_bytes(sheet(people(12)))
    done = await run(file, "--kind", "mentees", "--campaign", "rentree")
    assert done.exit_code == 0, done.output
    assert "12 personnes inscrites, 0 lignes refusées." in done.output
    registered = [event for event in await s.take_events() if isinstance(event, MenteeRegistered)]
    assert len(registered) == 12
    assert {(event.door, event.campaign) for event in registered} == {("import", "rentree")}


async def test_refused_rows_say_why_and_harm_nobody(
    s: ServiceHarness, run: RunImport, tmp_path: Path
) -> None:
    rows = people(6)
    rows[1] |= {"needs": ["ailes"]}
    rows[3] |= {"born": "31/02/2009", "phone": "+44 7700 900123"}
    rows[4] |= {"id": "=1+1", "consent": False}
    file, report = tmp_path / "jeunes.csv", tmp_path / "refus.csv"
    file.write_bytes(sheet(rows))
    done = await run(file, "--kind", "mentees", "--report", report)
    assert done.exit_code == 3
    assert "3 personnes inscrites, 3 lignes refusées." in done.output
    refusals = list(csv.DictReader(report.read_text(encoding="utf-8").splitlines()))
    assert [(row["line"], row["code"]) for row in refusals] == [
        ("3", "unknown"),
        ("5", "not_a_date"),
        ("5", "abroad"),
        ("6", "unreadable"),
        ("6", "missing"),
    ]
    assert refusals[3]["id"] == "'=1+1", "no spreadsheet takes it for a formula"
    assert refusals[0]["column"] == "Besoins (needs)"
    assert "7700" not in report.read_text(encoding="utf-8")
    assert await s.pool.fetchval("SELECT count(*) FROM refusals") == 3


async def test_without_a_report_the_faults_are_printed(run: RunImport, tmp_path: Path) -> None:
    file = tmp_path / "jeunes.csv"
    file.write_bytes(sheet([people(1)[0] | {"department": "20"}]))
    done = await run(file, "--kind", "mentees")
    assert done.exit_code == 3
    assert "ligne 2, colonne « Département (department) »" in done.output


async def test_a_rehearsal_keeps_nothing_and_finds_everything(
    s: ServiceHarness, run: RunImport, tmp_path: Path
) -> None:
    file = tmp_path / "jeunes.csv"
    file.write_bytes(sheet([*people(3), people(1)[0]]))
    done = await run(file, "--kind", "mentees", "--dry-run")
    assert done.exit_code == 0
    assert "3 personnes à inscrire, 0 lignes refusées." in done.output
    assert "1 déjà venues sous leur référence" in done.output
    for table in ("persons", "requests", "outbox", "refusals", "timers"):
        assert await s.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_the_same_file_again_registers_nobody_twice(
    s: ServiceHarness, run: RunImport, tmp_path: Path
) -> None:
    file = tmp_path / "jeunes.csv"
    file.write_bytes(sheet(people(4)))
    await run(file, "--kind", "mentees")
    again = await run(file, "--kind", "mentees")
    assert again.exit_code == 0
    assert "0 personnes inscrites, 0 lignes refusées." in again.output
    assert "4 déjà venues sous leur référence" in again.output
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 4


async def test_a_file_without_references_does_not_show_who_is_registered(
    s: ServiceHarness, run: RunImport, tmp_path: Path
) -> None:
    columns = {name: label for name, label in COLUMNS.items() if name != "id"}
    file = tmp_path / "jeunes.csv"
    file.write_bytes(sheet(people(4), columns))
    first = await run(file, "--kind", "mentees", "--report", tmp_path / "un.csv")
    again = await run(file, "--kind", "mentees", "--report", tmp_path / "deux.csv")
    assert again.exit_code == 0
    assert again.output.replace("deux.csv", "un.csv") == first.output
    assert (tmp_path / "un.csv").read_bytes() == (tmp_path / "deux.csv").read_bytes()
    assert await s.pool.fetchval("SELECT count(*) FROM persons WHERE held") == 4


async def test_two_namesakes_with_a_year_alone_come_in_as_two(
    s: ServiceHarness, run: RunImport
) -> None:
    done = await run(CASES / "namesakes_by_year.csv", "--kind", "mentees")
    assert done.exit_code == 0, done.output
    assert await s.pool.fetchval("SELECT count(*) FROM requests") == 2
    assert await s.pool.fetchval("SELECT count(*) FROM persons WHERE held") == 0
    assert await s.pool.fetchval("SELECT count(*) FROM doubts WHERE NOT holds") == 1


async def test_mentors_from_a_workbook(s: ServiceHarness, run: RunImport, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    person = volunteer(cleared=True, capacity=2, id="m-1")
    person["born"] = date(1985, 11, 2)
    page = book.create_sheet(index=0)
    page.append(list(person))
    page.append(["|".join(x) if isinstance(x, list) else x for x in person.values()])
    file = tmp_path / "mentors.xlsx"
    book.save(file)
    done = await run(file, "--kind", "mentors")
    assert done.exit_code == 0, done.output
    (registered,) = await s.take_events()
    assert isinstance(registered, MentorRegistered)
    assert (registered.criteria.cleared, registered.criteria.capacity) == (True, 2)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "ni un tableau en texte"),
        (b"PK\x03\x04 not a workbook", "illisible"),
        (b"", "fichier vide"),
        (b"first_name,last_name\nA,B\n", "colonne obligatoire absente"),
    ],
)
async def test_a_file_that_is_none_is_refused_in_plain_words(
    run: RunImport, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "jeunes.csv"
    file.write_bytes(content)
    done = await run(file, "--kind", "mentees")
    assert done.exit_code != 0
    assert sentence in done.output + str(done.exception)
    assert "Traceback" not in done.output


async def test_wrong_options_are_refused_before_anything_happens(
    run: RunImport, tmp_path: Path
) -> None:
    file = tmp_path / "jeunes.csv"
    file.write_bytes(sheet(people(1)))
    for options in (
        ("--kind", "robots"),
        ("--kind", "mentees", "--campaign", "Rentrée !"),
        ("--kind", "mentees", "--report", file),
        ("--kind", "mentees", "--report", tmp_path / "nowhere" / "r.csv"),
    ):
        assert (await run(file, *options)).exit_code != 0
    assert (await run(tmp_path / "absent.csv", "--kind", "mentees")).exit_code != 0
