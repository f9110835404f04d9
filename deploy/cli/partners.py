"""`binome partner`: who may send us people, and with which key."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from services.registration.settings import PartnersSettings
from services.registration.store import Partners
from shared.messaging.names import PARTNERS_IN, refusal_queue
from shared.messaging.topology import declare, topology
from shared.persistence.database import open_pool
from shared.service.clock import WallClock
from shared.service.settings import BrokerSettings, load
from shared.service.user_error import UserError

NAME = r"[a-z0-9][a-z0-9-]{1,30}"
Name = Annotated[str, typer.Argument(metavar="NAME", help="Lettres minuscules, chiffres, tirets.")]

partners = typer.Typer(help="Gère les partenaires et leurs clés.", no_args_is_help=True)


@partners.command()
def add(name: Name) -> None:
    """Déclare un partenaire et montre sa clé, une seule fois."""
    _check(name)
    key = _new_key()
    asyncio.run(_add(name, key))
    _show_key(key)
    _show_permissions(name)


@partners.command()
def key(name: Name) -> None:
    """Donne une nouvelle clé ; l'ancienne ne vaut plus rien."""
    fresh = _new_key()
    asyncio.run(_change_key(name, fresh))
    _show_key(fresh)


@partners.command(name="list")
def list_() -> None:
    """Montre les noms des partenaires."""
    for name in asyncio.run(_names()):
        typer.echo(name)


async def _add(name: str, api_key: str) -> None:
    broker = load(BrokerSettings, "broker").amqp_url.get_secret_value()
    await declare(broker, topology([], [name]))
    async with _store() as store:
        if not await store.add(name, _hash_key(api_key), WallClock().now()):
            raise UserError(
                f"Le partenaire {name} existe déjà ; pour une nouvelle clé : "
                f"binome partner key {name}"
            )


async def _change_key(name: str, api_key: str) -> None:
    async with _store() as store:
        if not await store.change_key(name, _hash_key(api_key)):
            raise UserError(f"Il n'y a pas de partenaire {name} (binome partner list).")


async def _names() -> list[str]:
    async with _store() as store:
        return await store.names()


@asynccontextmanager
async def _store() -> AsyncIterator[Partners]:
    settings = load(PartnersSettings, "registration")
    pool = await open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        async with pool.acquire() as connection, connection.transaction():
            yield Partners(connection)
    finally:
        await pool.close()


def _check(name: str) -> None:
    if not re.fullmatch(NAME, name, re.ASCII):
        raise UserError("Un nom de partenaire : 2 à 31 lettres minuscules, chiffres ou tirets.")


def _new_key() -> str:
    return f"bnm_{secrets.token_urlsafe(32)}"


def _hash_key(api_key: str) -> bytes:
    return hashlib.sha256(api_key.encode()).digest()


def _show_key(api_key: str) -> None:
    typer.echo("Clé de l'API, montrée une seule fois :")
    typer.echo(f"  {api_key}")


def _show_permissions(name: str) -> None:
    """What an administrator of the broker runs, so that the partner can do its part only."""
    user, own = f"partner-{name}", name.replace("-", r"\-")
    typer.echo(f"File des refus déclarée : {refusal_queue(name)}")
    typer.echo("Compte du partenaire sur le courtier (VHOST : votre hôte virtuel) :")
    for line in (
        f"rabbitmqctl add_user {user}",
        f"rabbitmqctl set_permissions -p VHOST {user}"
        rf" '^$' '^partners\.in$' '^partner\.{own}\.refused$'",
        f"rabbitmqctl set_topic_permissions -p VHOST {user} {PARTNERS_IN}"
        rf" '^partner\.{own}\.(mentee|mentor)\.registered$' '^$'",
    ):
        typer.echo(f"  {line}")
