"""`binome user` and `binome sessions`: people of associations, and where they are signed in."""

import asyncio
import re
from typing import Annotated

import typer

from shared.service.user_error import UserError

Name = Annotated[str, typer.Argument(metavar="NOM@ASSOCIATION", help="Par exemple lea@tandem.")]

users = typer.Typer(help="Gère les personnes des associations.", no_args_is_help=True)
sessions = typer.Typer(help="Montre et ferme les sessions ouvertes.", no_args_is_help=True)


@users.command()
def invite(
    people: Annotated[
        list[str], typer.Argument(metavar="NOM@ASSOCIATION MAIL", help="Une ou plusieurs fois.")
    ],
) -> None:
    """Invite une personne à son nom ; un lien part à sa propre adresse."""
    from deploy.cli.user_accounts import invite_people, split_full_name

    if len(people) % 2:
        raise UserError("Il faut à chaque nom son adresse : NOM@ASSOCIATION MAIL.")
    pairs = list(zip(people[::2], people[1::2], strict=True))
    for full_name, address in pairs:
        split_full_name(full_name)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            raise UserError(f"L'adresse de {full_name} n'est pas une adresse mail.")
    asyncio.run(invite_people(pairs))


@users.command(name="list")
def list_users() -> None:
    """Montre qui est invité, sans adresse."""
    from deploy.cli.user_accounts import list_accounts

    for user in asyncio.run(list_accounts()):
        typer.echo(user.full_name)


@users.command()
def remove(name: Name) -> None:
    """Retire une personne : ses sessions se ferment partout, son adresse est effacée."""
    from deploy.cli.user_accounts import remove_account

    asyncio.run(remove_account(name))


@sessions.command(name="list")
def list_sessions() -> None:
    """Montre qui est connecté, et depuis quand."""
    from deploy.cli.user_accounts import describe_sessions

    for line in asyncio.run(describe_sessions()):
        typer.echo(line)


@sessions.command()
def end(name: Name) -> None:
    """Ferme toutes les sessions d'une personne, en 5 secondes dans tous les services."""
    from deploy.cli.user_accounts import end_sessions

    count = asyncio.run(end_sessions(name))
    typer.echo(f"{name} : {count} session(s) fermée(s).")
