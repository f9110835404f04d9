"""People of associations and their sessions, in the store of registration."""

import re

import typer

from deploy.cli.registration_store import registration_transaction
from services.registration.store import Users
from services.registration.store.users import User
from services.registration.use_cases import vault_provider
from services.registration.use_cases.sign_in import end_sessions_of, invite_user, remove_user
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.persistence.batch import Connection
from shared.persistence.sessions import Sessions
from shared.service.user_error import UserError

NAME = r"[a-z0-9][a-z0-9._-]{0,39}"


async def invite_people(pairs: list[tuple[str, str]]) -> None:
    """Invite all of these (name@association, mail), or none. Raises UserError for a taken name."""
    async with registration_transaction() as tx:
        for full_name, address in pairs:
            name, association = split_full_name(full_name)
            if not await invite_user(name, association, address, tx):
                raise UserError(f"{full_name} est déjà invité (binome user list).")
    for full_name, _ in pairs:
        typer.echo(f"{full_name} : invitation envoyée.")


async def list_accounts() -> list[User]:
    """Everybody who is invited."""
    async with registration_transaction() as tx:
        return await Users(tx.connection, vault_provider.vault()).all()


async def remove_account(full_name: str) -> None:
    """End the sessions, erase the address. Raises UserError for an unknown name."""
    async with registration_transaction() as tx:
        await remove_user(await _get_user(full_name, tx.connection), tx)


async def describe_sessions() -> list[str]:
    """A line for each open session: who, since when (UTC)."""
    async with registration_transaction() as tx:
        rows = await Sessions(tx.connection).list_open()
    return [f"{x['user_name']}  {x['opened_at']:%Y-%m-%d %H:%M} UTC" for x in rows]


async def end_sessions(full_name: str) -> int:
    """End all sessions of a person; how many there were. Raises UserError for an unknown name."""
    async with registration_transaction() as tx:
        return await end_sessions_of(await _get_user(full_name, tx.connection), tx)


async def _get_user(full_name: str, connection: Connection) -> User:
    name, association = split_full_name(full_name)
    user = await Users(connection, vault_provider.vault()).get_by_name(name, association)
    if user is None:
        raise UserError(f"Personne ne s'appelle {full_name} (binome user list).")
    return user


def split_full_name(full_name: str) -> tuple[str, str]:
    """Name and association. Raises UserError for what is not `name@association`."""
    name, _, association = full_name.partition("@")
    if not re.fullmatch(NAME, name, re.ASCII) or association not in ASSOCIATIONS:
        raise UserError(
            f"{full_name} : il faut NOM@ASSOCIATION, en minuscules, d'une association connue."
        )
    return name, association
