"""`binome person` and `binome retention`, as an operator runs them."""

import asyncio
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli.people import people
from deploy.cli.retention import retention
from services.registration.store import People
from services.registration.use_cases.vault_provider import vault
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer


async def run(words: list[str], typed: str = "", app: typer.Typer = people) -> Any:
    return await asyncio.to_thread(CliRunner().invoke, app, words, typed)


@pytest.fixture
async def mentor(s: ServiceHarness, partner: str) -> str:
    await register(s, {"kind": "mentor", **volunteer(phone="06 39 98 00 07")})
    return str(await s.pool.fetchval("SELECT id FROM persons"))


@pytest.mark.parametrize("contact", ["Gaspard.Lenormand@exemple.fr", "06 39 98 00 07"])
async def test_somebody_is_found_by_a_contact_that_is_not_shown(
    s: ServiceHarness, mentor: str, contact: str
) -> None:
    found = await run(["find"], f"{contact}\n")
    assert found.exit_code == 0, found.output
    assert mentor in found.output
    assert contact not in found.output


async def test_nobody_is_found_under_another_contact(s: ServiceHarness, mentor: str) -> None:
    found = await run(["find"], "autre@exemple.fr\n")
    assert "Personne n'est connu" in str(found.exception)


async def test_erasing_asks_first_and_gives_a_receipt(s: ServiceHarness, mentor: str) -> None:
    refused = await run(["erase", mentor], "n\n")
    assert refused.exit_code == 1
    person_id = await s.pool.fetchval("SELECT id FROM persons")
    async with s.pool.acquire() as connection:
        assert await People(connection, vault()).open(person_id)
    done = await run(["erase", mentor], "y\n")
    assert "registration : effacé le " in done.output
    assert "matching : prévenu, reçu attendu" in done.output
    assert "Définitif le " in done.output
    again = await run(["receipt", mentor])
    assert again.output in done.output


async def test_a_verified_name_is_corrected_and_noted(s: ServiceHarness, mentor: str) -> None:
    done = await run(["correct", mentor], "Gaspard-Marie\n\n")
    assert done.exit_code == 0, done.output
    person_id = await s.pool.fetchval("SELECT id FROM persons")
    async with s.pool.acquire() as connection:
        opened = await People(connection, vault()).open(person_id)
    assert opened
    assert (opened[0].first_name, opened[0].last_name) == ("Gaspard-Marie", "Lenormand")
    assert await s.pool.fetchval("SELECT actor FROM ledger ORDER BY id DESC") == "operator"


async def test_retention_counts_without_erasing(s: ServiceHarness, mentor: str) -> None:
    app = typer.Typer()
    app.command()(retention)
    foreseen = await run(["--dry-run"], app=app)
    assert foreseen.exit_code == 0, foreseen.output
    assert "personnes sans activité (1096 jours)" in foreseen.output
    done = await run([], app=app)
    assert "Registre des accès : laissé tel quel" in done.output


async def test_after_a_restore_the_journal_is_applied_again(s: ServiceHarness, mentor: str) -> None:
    await run(["erase", mentor, "--yes"])
    done = await run(["reapply", "--everywhere"])
    assert "0 personne(s)" in done.output
