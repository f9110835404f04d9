"""`binome import`: a file of people comes in through the same validation as everybody."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

SOME_REFUSED = 3
"""Exit status when the file was read and some of its rows were turned away."""


class Kind(StrEnum):
    """Whom a file holds."""

    mentees = "mentees"
    mentors = "mentors"


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Le tableau, CSV ou XLSX.")],
    kind: Annotated[Kind, typer.Option(help="Qui est dans le fichier.", show_default=False)],
    campaign: Annotated[
        str | None, typer.Option(metavar="C", help="La campagne dont viennent ces personnes.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tout essayer sans rien garder.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Où écrire les lignes refusées (CSV).")
    ] = None,
) -> None:
    """Inscrit les personnes d'un fichier ; chaque ligne refusée dit pourquoi."""
    from deploy.cli.people_import import (
        check_campaign,
        plain_faults,
        read_rows,
        register_rows,
        report_text,
        tell_faults,
        tell_sums,
    )
    from services.registration.use_cases.import_people import Import
    from shared.spreadsheets import check_targets, replace_files

    what = Import("mentee" if kind is Kind.mentees else "mentor", check_campaign(campaign), dry_run)
    with plain_faults():
        check_targets([report] if report else [], [file])
        rows = read_rows(file, what)
        outcomes = asyncio.run(register_rows(rows, what))
        refused = [fault for outcome in outcomes for fault in outcome.faults]
        if report:
            replace_files({report: report_text(refused)})
    tell_faults(file, refused, report)
    tell_sums(outcomes, dry_run)
    raise typer.Exit(SOME_REFUSED if refused else 0)
