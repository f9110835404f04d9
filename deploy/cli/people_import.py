"""A file of people registered row by row, and what becomes of each row."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import track

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
from shared.spreadsheets import MOST_FAULTS, InvalidSheet, Row, csv_text, read_sheet
from shared.web.signed_links import LinkSigner

REPORT_HEADER = ("line", "id", "column", "code", "reason")


def report_text(refused: Sequence[RowRefused]) -> str:
    """The report: a line per fault, every cell safe for a spreadsheet."""
    return csv_text(
        REPORT_HEADER, [(str(x.line), x.reference, x.column, x.code, x.sentence) for x in refused]
    )


def read_rows(file: Path, what: Import) -> list[Row]:
    """The rows of the file; warnings are written."""
    sheet = read_sheet(file, COLUMNS[what.side], IGNORED)
    rows = list(sheet.rows())
    for warning in sheet.warnings:
        typer.echo(warning, err=True)
    return rows


async def register_rows(rows: Sequence[Row], what: Import) -> list[RowOutcome]:
    """Register each row in a transaction of its own; an outcome a row."""
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


def tell_faults(file: Path, refused: Sequence[RowRefused], report: Path | None) -> None:
    """Write each fault with its line, or where the report stands."""
    if report:
        typer.echo(f"Lignes refusées : {report}")
        return
    for fault in refused[:MOST_FAULTS]:
        column = f", colonne « {fault.column} »" if fault.column else ""
        typer.echo(f"{file}, ligne {fault.line}{column} : {fault.sentence}", err=True)
    if len(refused) > MOST_FAULTS:
        typer.echo(f"{file} : et {len(refused) - MOST_FAULTS} autres.", err=True)


def tell_sums(outcomes: Sequence[RowOutcome], dry_run: bool) -> None:
    """Write how many were registered, refused, and known already."""
    turned_away = sum(bool(outcome.faults) for outcome in outcomes)
    known = sum(outcome.known for outcome in outcomes)
    done = "à inscrire" if dry_run else "inscrites"
    new = len(outcomes) - turned_away - known
    typer.echo(f"{new} personnes {done}, {turned_away} lignes refusées.")
    if known:
        typer.echo(f"{known} déjà venues sous leur référence : rien n’a changé pour elles.")


def check_campaign(campaign: str | None) -> str | None:
    """The campaign. Raises UserError for what cannot be one."""
    if campaign is not None and not re.fullmatch(CAMPAIGN, campaign, re.ASCII):
        raise UserError("--campaign : 40 lettres minuscules, chiffres, - ou _ au plus.")
    return campaign


@contextmanager
def plain_faults() -> Iterator[None]:
    """What a person can put right is said plainly, without a traceback."""
    try:
        yield
    except InvalidSheet as refusal:
        raise UserError(str(refusal)) from None
    except OSError as error:
        if error.filename is None:
            raise
        raise UserError(f"{error.filename} : {error.strerror}.") from None
