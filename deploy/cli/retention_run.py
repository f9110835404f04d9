"""Retention carried out: over people by the operator's tools, over the ledger by its own role."""

import asyncio
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import asyncpg
import typer

from deploy.cli.operator_tools import operator_tools
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


def keep_ledger(daily: bool) -> None:
    """Delete old rows of the ledger, once or each day. Raises UserError without its address."""
    url = os.environ.get(LEDGER_URL)
    if not url:
        raise UserError(f"{LEDGER_URL} n'est pas donné : l'adresse du rôle de rétention.")
    file = os.environ.get(RULES_FILE)
    retention = read_rules(Path(file) if file else None)
    while True:
        limit = looks_kept_from(retention, WallClock().now())
        tell_report({"ledger": asyncio.run(_delete_looks(url, limit))}, retention)
        sys.stdout.flush()
        if not daily:
            return
        time.sleep(DAY_SECONDS)


def tell_report(report: Report, retention: Retention) -> None:
    """Write how many of each kind, and the days that they are kept."""
    days = vars(retention)
    for rule, count in report.items():
        typer.echo(f"{count:6d}  {WORDS[rule]} ({days[rule]} jours)")


async def foresee_retention() -> Report:
    """What would be erased now, counted."""
    async with operator_tools() as tools, tools.transactions.begin() as tx:
        return await foresee(tx)


async def apply_retention() -> Report:
    """Erase what has been kept long enough; how many of each kind."""
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
