"""`binome selection`: opens the page where an establishment chooses mentors for its pupils.

The form by which an establishment asks for pupils is still to come; until then a coordinator
brings the requests that the association has in hand, as a file.
"""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from services.matching.settings import MatchingSettings
from services.matching.use_cases.select_mentors import InvalidSelection, open_selection
from shared.persistence.database import open_pool
from shared.persistence.transaction import TransactionFactory
from shared.service.clock import clock_from
from shared.service.settings import SERVICES, load
from shared.service.user_error import UserError
from shared.spreadsheets import Column, InvalidCell, InvalidSheet, Row, preview, read_sheet
from shared.web.signed_links import LinkSigner

selection = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Les sélections des établissements."
)


@selection.callback()
def selections() -> None:
    """Les sélections des établissements."""


@selection.command("open")
def open_(
    association: Annotated[
        str, typer.Option(metavar="CODE", help="L'association qui suit ces demandes.")
    ],
    requests: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Tableau des demandes (colonne request_id)."),
    ],
    shown_mentors: Annotated[
        int, typer.Option("--shown", min=1, max=20, help="Mentors montrés pour chaque élève.")
    ] = 5,
    days: Annotated[int, typer.Option(min=1, max=90, help="Jours où le lien sert.")] = 14,
) -> None:
    """Ouvre une sélection et donne le lien à transmettre à l'établissement."""
    try:
        ids = read_sheet(requests, (Column("request_id", required=True),)).read(_request)
        link = asyncio.run(_open(association, ids, shown_mentors, days))
    except (InvalidSheet, InvalidSelection) as refusal:
        raise UserError(str(refusal)) from None
    typer.echo(f"Sélection ouverte pour {len(ids)} élève(s), {days} jour(s) :")
    typer.echo(f"  {link}")


async def _open(association: str, ids: list[UUID], mentors: int, days: int) -> str:
    settings = load(MatchingSettings, "matching")
    bases = {name: settings.base_url(name) for name in SERVICES}
    links = LinkSigner(settings.secret_key.get_secret_value(), bases)
    clock = clock_from(settings.clock_speed, settings.clock_origin, settings.clock_days)
    pool = await open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        async with TransactionFactory("matching", pool, clock, links).begin() as tx:
            opened = await open_selection(association, ids, mentors, days, tx)
    finally:
        await pool.close()
    return links.url("selection", opened)


def _request(row: Row) -> UUID:
    return row.take("request_id", _uuid)


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw.strip())
    except ValueError:
        raise InvalidCell(f"« {preview(raw)} » n'est pas l'identifiant d'une demande.") from None
