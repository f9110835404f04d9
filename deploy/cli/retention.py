"""`binome retention`: what has been kept long enough goes, and the report says what."""

import asyncio
import os
from datetime import datetime
from typing import Annotated

import asyncpg
import typer

from deploy.cli.people import operator_tools
from services.registration.casework.retaining import Report, foresee, rules, run_retention
from services.registration.store.retention import before, delete_looks

LEDGER_URL = "BINOME_REGISTRATION_RETENTION_DATABASE_URL"
WORDS = {
    "unconfirmed": "inscriptions sans accord parental",
    "ended": "jeunes dont toute demande est terminée",
    "inactive": "personnes sans activité",
    "raw_intake": "reçus de formulaires et empreintes d'envois",
    "technical": "liens expirés et comptes de refus",
    "ledger": "lignes du registre des accès",
}


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compter sans rien effacer.")] = False,
) -> None:
    """Efface ce qui a été gardé assez longtemps, et dit quoi."""
    report = asyncio.run(_foreseen() if dry_run else _run())
    days = vars(rules())
    for rule, count in report.items():
        typer.echo(f"{count:6d}  {WORDS[rule]} ({days[rule]} jours)")
    if not dry_run and "ledger" not in report:
        typer.echo(f"Registre des accès : laissé tel quel, {LEDGER_URL} n'est pas donné.")


async def _foreseen() -> Report:
    async with operator_tools() as tools, tools.transactions.begin() as tx:
        return await foresee(tx)


async def _run() -> Report:
    async with operator_tools() as tools:
        report = await run_retention(tools.transactions)
        if url := os.environ.get(LEDGER_URL):
            now = tools.transactions.clock.now()
            report |= {"ledger": await _delete_looks(url, before(now, rules().ledger))}
        return report


async def _delete_looks(url: str, limit: datetime) -> int:
    connection = await asyncpg.connect(url)
    try:
        return await delete_looks(connection, limit)
    finally:
        await connection.close()
