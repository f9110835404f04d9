"""`binome retention`: what has been kept long enough goes, and the report says what.

With `--ledger`, old rows of the ledger alone: such a job knows the retention role and no key.
"""

import asyncio
from typing import Annotated

import typer

from shared.service.user_error import UserError


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
    from deploy.cli.retention_run import (
        LEDGER_URL,
        apply_retention,
        foresee_retention,
        keep_ledger,
        tell_report,
    )
    from services.registration.use_cases.apply_retention import rules

    if (ledger and dry_run) or (daily and not ledger):
        raise UserError("--ledger ne va pas avec --dry-run ; --daily ne va qu'avec --ledger.")
    if ledger:
        keep_ledger(daily)
        return
    report = asyncio.run(foresee_retention() if dry_run else apply_retention())
    tell_report(report, rules())
    if not dry_run and "ledger" not in report:
        typer.echo(f"Registre des accès : laissé tel quel, {LEDGER_URL} n'est pas donné.")
