"""Values at the edge, by the partners' endpoint and by a file: refused, never a server error."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.main import app
from services.registration.service import SERVICE
from shared.messaging.external_queue import UNREADABLE, read_inbound_message
from shared.messaging.names import PARTNERS_OUT
from tests.integration.registration.conftest import PARTNER, register
from tests.support.service_harness import ServiceHarness
from tests.support.workbooks import pack, text_cell, text_row, worksheet
from tests.unit.registration.people import young

KEY = f"partner.{PARTNER}.mentee.registered"
COLUMNS = (
    "id",
    "first_name",
    "last_name",
    "born",
    "department",
    "email",
    "phone",
    "level",
    "needs",
    "slots",
    "consent",
    "since",
)


def cells(line: int, person: dict[str, Any], **instead: str) -> str:
    """The cells of a person's row; `instead`: column → the XML inside of its cell."""
    return "".join(
        f'<c r="{chr(65 + at)}{line}">{instead[name]}</c>'
        if name in instead
        else text_cell(f"{chr(65 + at)}{line}", _write_cell(person.get(name, "")))
        for at, name in enumerate(COLUMNS)
    )


def _write_cell(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    value_: str = {True: "oui"}.get(value, value)
    return value_


def somebody(n: int, **changes: Any) -> dict[str, Any]:
    name = {"last_name": "Marchandeau" + "abcdef"[n], "email": f"jeune{n}@exemple.fr"}
    return young(id=f"j{n}", **name | changes)


async def run_import(file: Path, *options: str) -> Result:
    command = ["import", str(file), "--kind", "mentees", *options]
    return await asyncio.to_thread(CliRunner().invoke, app, command)


@pytest.mark.parametrize(
    "since", ["9999-12-31T23:30Z", "9999-12-31T23:30:00-14:00", "0001-01-01", "2019-01-01"]
)
async def test_a_registration_date_at_the_edge_is_refused_in_words(
    s: ServiceHarness, partner: str, since: str
) -> None:
    answer = await register(s, young(kind="mentee", since=since))
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], "année" in error["fr"] or "trois ans" in error["fr"]) == ("since", True)
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0


@pytest.mark.parametrize("field", ["remote", "consent", "since", "born", "needs", "reference", "x"])
async def test_json_940_deep_is_refused(s: ServiceHarness, partner: str, field: str) -> None:
    body = json.dumps(young(kind="mentee"))[:-1] + f', "{field}": {"[" * 940}{"]" * 940}}}'
    answer = await register(s, body.encode())
    assert answer.status_code in (400, 422)
    whole = await register(s, ("[" * 940 + "]" * 940).encode())
    assert whole.status_code in (400, 422)


async def test_an_idempotency_key_with_another_body_is_refused_by_name(
    s: ServiceHarness, partner: str
) -> None:
    first, other = somebody(0, kind="mentee"), somebody(1, kind="mentee")
    del first["id"], other["id"]
    assert (await register(s, first, **{"Idempotency-Key": "k1"})).status_code == 202
    again = await register(s, first, **{"Idempotency-Key": "k1"})
    assert again.status_code == 202
    refused = await register(s, other, **{"Idempotency-Key": "k1"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:binome:problem:key_reused")


async def refusals(s: ServiceHarness) -> list[dict[str, Any]]:
    """What goes back to the partner."""
    return [
        json.loads(row["body"]) for row in await s.read_outbox() if row["exchange"] == PARTNERS_OUT
    ]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(young())[:-1] + f', "remote": {"[" * 940}{"]" * 940}}}',
        json.dumps(young(since="9999-12-31T23:30Z")),
        json.dumps(young(since="0001-01-01T00:00+14:00")),
        json.dumps(young(first_name="\ud800")),
        json.dumps(young(email="a\x00b@exemple.fr")),
        json.dumps(young()).replace("true", "1" * 5000),
        "[" * 60_000,
    ],
    ids=["deep", "year 9999", "year 1", "surrogate", "NUL", "digits", "open"],
)
async def test_whatever_is_wrong_with_a_body_is_a_refusal_to_the_partner(
    s: ServiceHarness, partner: str, body: str
) -> None:
    await s.deliver(KEY, body.encode(), **{"ce-id": "letter-1"})
    [refusal] = await refusals(s)
    assert refusal["event_id"] == "letter-1"
    assert all(error["fr"] and error["code"] for error in refusal["errors"])
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0


async def test_a_second_person_under_a_used_id_is_refused_by_name(
    s: ServiceHarness, partner: str
) -> None:
    first, second = somebody(0), somebody(1, reference="dossier-2")
    del first["id"], second["id"]
    await s.deliver(KEY, json.dumps(first).encode(), **{"ce-id": "letter-1"})
    assert await refusals(s) == []
    await s.deliver(KEY, json.dumps(second).encode(), **{"ce-id": "letter-1"})
    [refusal] = await refusals(s)
    assert [error["code"] for error in refusal["errors"]] == ["event_id_reused"]
    assert "nouvel identifiant" in refusal["errors"][0]["fr"]
    await s.deliver(KEY, json.dumps(second).encode(), **{"ce-id": "letter-2"})
    assert await refusals(s) == []
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 2


async def test_a_message_that_fails_while_it_is_read_is_refused_without_its_content(
    s: ServiceHarness, partner: str
) -> None:
    _, message = read_inbound_message(KEY, {"ce-id": "letter-1"}, json.dumps(young()).encode())
    async with s.runtime.begin() as tx:
        await SERVICE.external_queues[0].refuse(message, UNREADABLE, tx)
    [refusal] = await refusals(s)
    assert refusal["errors"][0]["code"] == "unreadable"
    assert "n’a pas pu être lu" in refusal["errors"][0]["fr"]
    assert "Marchandeau" not in json.dumps(refusal, ensure_ascii=False)


async def test_a_date_at_the_edge_refuses_its_row_and_no_other(
    s: ServiceHarness, tmp_path: Path
) -> None:
    rows = [somebody(0), somebody(1, since="9999-12-31T23:30Z"), somebody(2)]
    lines = [text_row(1, *COLUMNS), *(cells(n, row) for n, row in enumerate(rows, start=2))]
    file = tmp_path / "jeunes.xlsx"
    file.write_bytes(pack(worksheet(lines)))
    done = await run_import(file)
    assert "2 personnes inscrites, 1 lignes refusées." in done.output
    assert "ligne 3, colonne « since »" in done.output
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 2


@pytest.mark.parametrize("column", ["email", "born", "since", "consent"])
async def test_a_formula_without_a_value_is_no_empty_cell(
    s: ServiceHarness, tmp_path: Path, column: str
) -> None:
    person = somebody(0, phone="06 39 98 12 34", since="2026-01-01")
    lines = [text_row(1, *COLUMNS), cells(2, person, **{column: "<f>A1</f><v/>"})]
    file = tmp_path / "jeunes.xlsx"
    file.write_bytes(pack(worksheet(lines)))
    done = await run_import(file, "--dry-run")
    assert "0 personnes à inscrire, 1 lignes refusées." in done.output
    assert f"ligne 2, colonne « {column} » : Cette cellule est illisible" in done.output
