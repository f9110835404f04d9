"""Values at the edge, through the partners' door and through a file: refusals, never a failure."""

import asyncio
import json

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from tests.integration.registration.conftest import register
from tests.unit.registration.people import young
from tests.workbooks import packed, text_cell, text_row, worksheet

COLUMNS = (
    *("id", "first_name", "last_name", "born", "department", "email", "phone", "level"),
    *("needs", "slots", "consent", "since"),
)


def cells(line, person, **instead):
    """The cells of a person's row; `instead`: column → the XML inside of its cell."""
    return "".join(
        f'<c r="{chr(65 + at)}{line}">{instead[name]}</c>'
        if name in instead
        else text_cell(f"{chr(65 + at)}{line}", _written(person.get(name, "")))
        for at, name in enumerate(COLUMNS)
    )


def _written(value):
    if isinstance(value, list):
        return "|".join(value)
    return {True: "oui"}.get(value, value)


def somebody(n, **changes):
    name = {"last_name": "Marchandeau" + "abcdef"[n], "email": f"jeune{n}@exemple.fr"}
    return young(id=f"j{n}", **name | changes)


async def imported(file, *options):
    command = ["import", str(file), "--kind", "mentees", *options]
    return await asyncio.to_thread(CliRunner().invoke, app, command)


@pytest.mark.parametrize(
    "since", ["9999-12-31T23:30Z", "9999-12-31T23:30:00-14:00", "0001-01-01", "2019-01-01"]
)
async def test_a_registration_date_at_the_edge_is_refused_in_words(s, partner, since):
    answer = await register(s, young(kind="mentee", since=since))
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], "année" in error["fr"] or "trois ans" in error["fr"]) == ("since", True)
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0


@pytest.mark.parametrize("field", ["remote", "consent", "since", "born", "needs", "reference", "x"])
async def test_json_940_deep_is_refused(s, partner, field):
    body = json.dumps(young(kind="mentee"))[:-1] + f', "{field}": {"[" * 940}{"]" * 940}}}'
    answer = await register(s, body.encode())
    assert answer.status_code in (400, 422)
    whole = await register(s, ("[" * 940 + "]" * 940).encode())
    assert whole.status_code in (400, 422)


async def test_a_date_at_the_edge_refuses_its_row_and_no_other(s, tmp_path):
    rows = [somebody(0), somebody(1, since="9999-12-31T23:30Z"), somebody(2)]
    lines = [text_row(1, *COLUMNS), *(cells(n, row) for n, row in enumerate(rows, start=2))]
    file = tmp_path / "jeunes.xlsx"
    file.write_bytes(packed(worksheet(lines)))
    done = await imported(file)
    assert "2 personnes inscrites, 1 lignes refusées." in done.output
    assert "ligne 3, colonne « since »" in done.output
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 2


@pytest.mark.parametrize("column", ["email", "born", "since", "consent"])
async def test_a_formula_without_a_value_is_no_empty_cell(s, tmp_path, column):
    person = somebody(0, phone="06 39 98 12 34", since="2026-01-01")
    lines = [text_row(1, *COLUMNS), cells(2, person, **{column: "<f>A1</f><v/>"})]
    file = tmp_path / "jeunes.xlsx"
    file.write_bytes(packed(worksheet(lines)))
    done = await imported(file, "--dry-run")
    assert "0 personnes à inscrire, 1 lignes refusées." in done.output
    assert f"ligne 2, colonne « {column} » : Cette cellule est illisible" in done.output
