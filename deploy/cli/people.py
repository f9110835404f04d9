"""`binome person`: a person's rights, exercised by an operator. Nothing personal is an argument."""

import asyncio
import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from shared.service.user_error import UserError

Id = Annotated[str, typer.Argument(metavar="ID", help="Identifiant : personne ou demande.")]

people = typer.Typer(help="Les droits d'une personne sur ses données.", no_args_is_help=True)


@people.command()
def find() -> None:
    """Trouve une personne par son mail ou son téléphone, demandés sans être affichés."""
    from deploy.cli.person_data import find_people

    contact = typer.prompt("Mail ou téléphone (non affiché)", hide_input=True)
    people_found = asyncio.run(find_people(contact))
    for one in people_found:
        typer.echo(f"{one.person_id}  {'jeune' if one.side == 'mentee' else 'mentor'}")
    if not people_found:
        raise UserError("Personne n'est connu sous ce contact.")


@people.command()
def export(
    subject: Id,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Où écrire (JSON).")] = None,
) -> None:
    """Écrit tout ce qui est gardé sur une personne, par tous les services."""
    from deploy.cli.person_data import export_person

    data = asyncio.run(export_person(_id(subject)))
    if data.missing:
        raise UserError(f"Sans réponse de : {', '.join(data.missing)}. Rien n'est écrit.")
    text = json.dumps(data.document(), ensure_ascii=False, indent=1)
    if out is None:
        typer.echo(text)
        return
    out.touch(mode=0o600)
    out.write_text(text + "\n", encoding="utf-8")


@people.command()
def erase(
    subject: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Sans demander.")] = False,
) -> None:
    """Efface une personne ; le reçu dit ce qui est fait, par qui, et quand c'est définitif."""
    from deploy.cli.person_erasure import erase_subject, show_receipt

    person_id = _id(subject)
    if not yes:
        typer.confirm("Effacer cette personne ? Personne ne pourra revenir en arrière", abort=True)
    show_receipt(asyncio.run(erase_subject(person_id)))


@people.command()
def receipt(subject: Id) -> None:
    """Redit où en est un effacement."""
    from deploy.cli.person_erasure import load_receipt, show_receipt

    show_receipt(asyncio.run(load_receipt(_id(subject))))


@people.command()
def correct(subject: Id) -> None:
    """Corrige un prénom ou un nom vérifié, demandés sur l'entrée (vide : inchangé)."""
    from deploy.cli.person_data import correct_identity

    person_id = _id(subject)
    first = typer.prompt("Prénom", default="", show_default=False)
    last = typer.prompt("Nom", default="", show_default=False)
    asyncio.run(correct_identity(person_id, first.strip(), last.strip()))
    typer.echo("Corrigé.")


@people.command()
def reapply(
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Le redire aussi à tous les services.")
    ] = False,
) -> None:
    """Après une restauration : efface de nouveau tous ceux du journal."""
    from deploy.cli.person_erasure import reapply_journal

    typer.echo(f"{asyncio.run(reapply_journal(everywhere))} personne(s) effacée(s) de nouveau.")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UserError("Un identifiant complet est attendu (binome person find).") from None
