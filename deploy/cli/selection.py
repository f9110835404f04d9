"""`binome selection`: opens the page where an establishment chooses mentors for its pupils.

The form by which an establishment asks for pupils is still to come; until then a coordinator
brings the requests that the association has in hand, as a file.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from shared.service.user_error import UserError

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
    from deploy.cli.selection_opening import open_in_store, request_of
    from services.matching.use_cases.select_mentors import InvalidSelection
    from shared.spreadsheets import Column, InvalidSheet, read_sheet

    try:
        ids = read_sheet(requests, (Column("request_id", required=True),)).read(request_of)
        link = asyncio.run(open_in_store(association, ids, shown_mentors, days))
    except (InvalidSheet, InvalidSelection) as refusal:
        raise UserError(str(refusal)) from None
    typer.echo(f"Sélection ouverte pour {len(ids)} élève(s), {days} jour(s) :")
    typer.echo(f"  {link}")
