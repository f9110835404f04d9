"""`binome import`: a file of people comes in through the same validation as everybody."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from deploy.cli.partners import partners
from services.registration.domain.field_types import CAMPAIGN
from services.registration.settings import IntakeSettings
from services.registration.use_cases.import_people import (
    COLUMNS,
    IGNORED,
    Import,
    RowOutcome,
    RowRefused,
    import_rows,
)
from services.registration.use_cases.vault_provider import key_database
from shared.persistence.database import open_pool
from shared.persistence.transaction import TransactionFactory
from shared.service.clock import clock_from
from shared.service.settings import load
from shared.service.user_error import UserError
from shared.spreadsheets import (
    MOST_FAULTS,
    InvalidSheet,
    Row,
    check_targets,
    csv_text,
    read_sheet,
    replace_files,
)
from shared.web.signed_links import LinkSigner

__all__ = ["import_file", "partners"]

SOME_REFUSED = 3
"""Exit status when the file was read and some of its rows were turned away."""
REPORT_HEADER = ("line", "id", "column", "code", "reason")


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
    what = Import(
        "mentee" if kind is Kind.mentees else "mentor", _check_campaign(campaign), dry_run
    )
    with _plainly():
        check_targets([report] if report else [], [file])
        rows = _rows(file, what)
        outcomes = asyncio.run(_import_rows(rows, what))
        refused = [fault for outcome in outcomes for fault in outcome.faults]
        if report:
            replace_files({report: report_text(refused)})
    _tell_faults(file, refused, report)
    _tell_sums(outcomes, dry_run)
    raise typer.Exit(SOME_REFUSED if refused else 0)


def report_text(refused: Sequence[RowRefused]) -> str:
    """The report: a line per fault, every cell safe for a spreadsheet."""
    return csv_text(
        REPORT_HEADER, [(str(x.line), x.reference, x.column, x.code, x.sentence) for x in refused]
    )


def _rows(file: Path, what: Import) -> list[Row]:
    sheet = read_sheet(file, COLUMNS[what.side], IGNORED)
    rows = list(sheet.rows())
    for warning in sheet.warnings:
        typer.echo(warning, err=True)
    return rows


async def _import_rows(rows: Sequence[Row], what: Import) -> list[RowOutcome]:
    settings = load(IntakeSettings, "registration")
    clock = clock_from(settings.clock_speed, settings.clock_origin, settings.clock_days)
    links = LinkSigner(settings.secret_key.get_secret_value(), {})
    pool = await open_pool(settings.database_url.get_secret_value(), size=2)
    try:
        transactions = TransactionFactory("registration", pool, clock, links)
        shown = _progress(rows)
        async with key_database():
            return [outcome async for outcome in import_rows(shown, what, transactions)]
    finally:
        await pool.close()


def _progress(rows: Sequence[Row]) -> Iterator[Row]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    yield from track(
        rows, "Inscriptions", console=console, disable=not console.is_terminal, transient=True
    )


def _tell_faults(file: Path, refused: Sequence[RowRefused], report: Path | None) -> None:
    if report:
        typer.echo(f"Lignes refusées : {report}")
        return
    for fault in refused[:MOST_FAULTS]:
        column = f", colonne « {fault.column} »" if fault.column else ""
        typer.echo(f"{file}, ligne {fault.line}{column} : {fault.sentence}", err=True)
    if len(refused) > MOST_FAULTS:
        typer.echo(f"{file} : et {len(refused) - MOST_FAULTS} autres.", err=True)


def _tell_sums(outcomes: Sequence[RowOutcome], dry_run: bool) -> None:
    turned_away = sum(bool(outcome.faults) for outcome in outcomes)
    known = sum(outcome.known for outcome in outcomes)
    done = "à inscrire" if dry_run else "inscrites"
    new = len(outcomes) - turned_away - known
    typer.echo(f"{new} personnes {done}, {turned_away} lignes refusées.")
    if known:
        typer.echo(f"{known} déjà venues sous leur référence : rien n’a changé pour elles.")


def _check_campaign(campaign: str | None) -> str | None:
    if campaign is not None and not re.fullmatch(CAMPAIGN, campaign, re.ASCII):
        raise UserError("--campaign : 40 lettres minuscules, chiffres, - ou _ au plus.")
    return campaign


@contextmanager
def _plainly() -> Iterator[None]:
    """What a person can put right is said plainly, without a traceback."""
    try:
        yield
    except InvalidSheet as refusal:
        raise UserError(str(refusal)) from None
    except OSError as error:
        if error.filename is None:
            raise
        raise UserError(f"{error.filename} : {error.strerror}.") from None
