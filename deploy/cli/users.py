"""`binome user` and `binome sessions`: people of associations, and where they are signed in."""

import asyncio
import re
from typing import Annotated

import typer

from deploy.cli.registration_store import registration_transaction
from services.registration.store import Users
from services.registration.store.users import User
from services.registration.use_cases import vault_provider
from services.registration.use_cases.sign_in import end_sessions_of, invite_user, remove_user
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.persistence.database import Connection
from shared.persistence.sessions import Sessions
from shared.service.user_error import UserError

NAME = r"[a-z0-9][a-z0-9._-]{0,39}"
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
    if len(people) % 2:
        raise UserError("Il faut à chaque nom son adresse : NOM@ASSOCIATION MAIL.")
    pairs = list(zip(people[::2], people[1::2], strict=True))
    for full_name, address in pairs:
        _split(full_name)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            raise UserError(f"L'adresse de {full_name} n'est pas une adresse mail.")
    asyncio.run(_invite(pairs))


@users.command(name="list")
def list_users() -> None:
    """Montre qui est invité, sans adresse."""
    for user in asyncio.run(_users()):
        typer.echo(user.full_name)


@users.command()
def remove(name: Name) -> None:
    """Retire une personne : ses sessions se ferment partout, son adresse est effacée."""
    asyncio.run(_remove(name))


@sessions.command(name="list")
def list_sessions() -> None:
    """Montre qui est connecté, et depuis quand."""
    for line in asyncio.run(_sessions()):
        typer.echo(line)


@sessions.command()
def end(name: Name) -> None:
    """Ferme toutes les sessions d'une personne, en 5 secondes dans tous les services."""
    count = asyncio.run(_end(name))
    typer.echo(f"{name} : {count} session(s) fermée(s).")


async def _invite(pairs: list[tuple[str, str]]) -> None:
    async with registration_transaction() as tx:
        for full_name, address in pairs:
            name, association = _split(full_name)
            if not await invite_user(name, association, address, tx):
                raise UserError(f"{full_name} est déjà invité (binome user list).")
    for full_name, _ in pairs:
        typer.echo(f"{full_name} : invitation envoyée.")


async def _users() -> list[User]:
    async with registration_transaction() as tx:
        return await Users(tx.connection, vault_provider.vault()).all()


async def _remove(full_name: str) -> None:
    async with registration_transaction() as tx:
        await remove_user(await _get_user(full_name, tx.connection), tx)


async def _sessions() -> list[str]:
    async with registration_transaction() as tx:
        rows = await Sessions(tx.connection).list_open()
    return [f"{x['user_name']}  {x['opened_at']:%Y-%m-%d %H:%M} UTC" for x in rows]


async def _end(full_name: str) -> int:
    async with registration_transaction() as tx:
        return await end_sessions_of(await _get_user(full_name, tx.connection), tx)


async def _get_user(full_name: str, connection: Connection) -> User:
    name, association = _split(full_name)
    user = await Users(connection, vault_provider.vault()).get_by_name(name, association)
    if user is None:
        raise UserError(f"Personne ne s'appelle {full_name} (binome user list).")
    return user


def _split(full_name: str) -> tuple[str, str]:
    name, _, association = full_name.partition("@")
    if not re.fullmatch(NAME, name, re.ASCII) or association not in ASSOCIATIONS:
        raise UserError(
            f"{full_name} : il faut NOM@ASSOCIATION, en minuscules, d'une association connue."
        )
    return name, association
