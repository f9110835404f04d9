"""`binome retention`: what has been kept long enough goes, and the report says what.

With `--ledger`, old rows of the ledger alone: such a job knows the retention role and no key.
"""

import asyncio
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from deploy.cli.people import operator_tools
from services.registration.domain.retention import Retention
from services.registration.store.retention import delete_looks
from services.registration.use_cases.apply_retention import (
    Report,
    foresee,
    looks_kept_from,
    read_rules,
    rules,
    run_retention,
)
from shared.service.clock import WallClock
from shared.service.user_error import UserError

LEDGER_URL = "BINOME_REGISTRATION_RETENTION_DATABASE_URL"
RULES_FILE = "BINOME_RETENTION_FILE"
DAY_SECONDS = 24 * 3600.0
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
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Le registre des accès seul, sans clé maîtresse.")
    ] = False,
    daily: Annotated[
        bool, typer.Option("--daily", help="Recommencer chaque jour (avec --ledger).")
    ] = False,
) -> None:
    """Efface ce qui a été gardé assez longtemps, et dit quoi."""
    if (ledger and dry_run) or (daily and not ledger):
        raise UserError("--ledger ne va pas avec --dry-run ; --daily ne va qu'avec --ledger.")
    if ledger:
        _keep_ledger(daily)
        return
    report = asyncio.run(_foreseen() if dry_run else _run())
    _tell(report, rules())
    if not dry_run and "ledger" not in report:
        typer.echo(f"Registre des accès : laissé tel quel, {LEDGER_URL} n'est pas donné.")


def _keep_ledger(daily: bool) -> None:
    url = os.environ.get(LEDGER_URL)
    if not url:
        raise UserError(f"{LEDGER_URL} n'est pas donné : l'adresse du rôle de rétention.")
    file = os.environ.get(RULES_FILE)
    retention = read_rules(Path(file) if file else None)
    while True:
        limit = looks_kept_from(retention, WallClock().now())
        _tell({"ledger": asyncio.run(_delete_looks(url, limit))}, retention)
        sys.stdout.flush()
        if not daily:
            return
        time.sleep(DAY_SECONDS)


def _tell(report: Report, retention: Retention) -> None:
    days = vars(retention)
    for rule, count in report.items():
        typer.echo(f"{count:6d}  {WORDS[rule]} ({days[rule]} jours)")


async def _foreseen() -> Report:
    async with operator_tools() as tools, tools.transactions.begin() as tx:
        return await foresee(tx)


async def _run() -> Report:
    async with operator_tools() as tools:
        report = await run_retention(tools.transactions)
        if url := os.environ.get(LEDGER_URL):
            limit = looks_kept_from(rules(), tools.transactions.clock.now())
            report |= {"ledger": await _delete_looks(url, limit)}
        return report


async def _delete_looks(url: str, limit: datetime) -> int:
    connection = await asyncpg.connect(url)
    try:
        return await delete_looks(connection, limit)
    finally:
        await connection.close()
