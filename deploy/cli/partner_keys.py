"""Partners and their keys, in the store of registration."""

import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.registration.settings import PartnersSettings
from services.registration.store import Partners
from shared.messaging.topology import declare, topology
from shared.persistence.database import open_pool
from shared.service.clock import WallClock
from shared.service.settings import BrokerSettings, load
from shared.service.user_error import UserError

NAME = r"[a-z0-9][a-z0-9-]{1,30}"


async def add_partner(name: str, api_key: str) -> None:
    """Declare the queue and keep the hash of the key. Raises UserError for a name that is taken."""
    broker = load(BrokerSettings, "broker").amqp_url.get_secret_value()
    await declare(broker, topology([], [name]))
    async with _store() as store:
        if not await store.add(name, _hash_key(api_key), WallClock().now()):
            raise UserError(
                f"Le partenaire {name} existe déjà ; pour une nouvelle clé : "
                f"binome partner key {name}"
            )


async def change_key(name: str, api_key: str) -> None:
    """Keep the hash of another key. Raises UserError for an unknown name."""
    async with _store() as store:
        if not await store.change_key(name, _hash_key(api_key)):
            raise UserError(f"Il n'y a pas de partenaire {name} (binome partner list).")


async def partner_names() -> list[str]:
    """Names of all partners."""
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


def check_name(name: str) -> None:
    """Raises UserError for what cannot be a partner's name."""
    if not re.fullmatch(NAME, name, re.ASCII):
        raise UserError("Un nom de partenaire : 2 à 31 lettres minuscules, chiffres ou tirets.")


def new_key() -> str:
    """A key of 256 random bits."""
    return f"bnm_{secrets.token_urlsafe(32)}"


def _hash_key(api_key: str) -> bytes:
    return hashlib.sha256(api_key.encode()).digest()
