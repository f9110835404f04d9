"""A database of its own for every service, and three roles: its own, its owner's, retention's."""

import asyncio
import hashlib
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.devstack.secret_store import Secrets
from deploy.devstack.servers import Servers
from shared.service.settings import SERVICES

DATABASES = (*SERVICES, "keys")
"""One of each service, and that of people's keys, which registration alone may enter."""


@dataclass(frozen=True)
class Addresses:
    """One database: as its service enters it, as the role that owns it, as the retention role."""

    service: str
    migration: str
    retention: str


ROLES = ("", "_migration", "_retention")
"""What is added to the service's role, whose name is the database's, for the other two."""


def make_databases(
    servers: Servers, folder: Path, owners: Iterable[str], secrets: Secrets
) -> dict[str, Addresses]:
    """Addresses of each database; what is missing is made, what is there stays.

    A role `binome_<service>` enters its own database only. It owns nothing there: what it may do
    is granted by `binome migrate`. In a cluster that the environment gives, names carry a mark of
    the folder, so that two runs share it in peace.
    """
    names = {owner: _name(servers, folder, owner) for owner in owners}
    passwords = {
        name: [secrets.get(f"postgres_{owner}{role}") for role in ROLES]
        for owner, name in names.items()
    }
    _wait(_make(servers.postgres_url, passwords))
    return {
        owner: Addresses(
            *(
                _url(servers.postgres_url, name, name + role, password)
                for role, password in zip(ROLES, passwords[name], strict=True)
            )
        )
        for owner, name in names.items()
    }


def drop_databases(servers: Servers, folder: Path, owners: Iterable[str]) -> None:
    """Drop databases and roles again: good manners in a cluster that is not ours."""
    _wait(_drop(servers.postgres_url, [_name(servers, folder, service) for service in owners]))


def _name(servers: Servers, folder: Path, service: str) -> str:
    if servers.postgres is not None:
        return f"binome_{service}"
    return f"binome_{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}_{service}"


def _url(admin: str, database: str, role: str, password: str) -> str:
    parts = urlsplit(admin)
    place = f"{role}:{password}@{parts.hostname}:{parts.port or 5432}"
    return urlunsplit(parts._replace(netloc=place, path=f"/{database}"))


def _wait(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread: we may be called from within a running event loop."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, work).result()


async def _make(admin: str, passwords: dict[str, list[str]]) -> None:
    connection = await asyncpg.connect(admin)
    try:
        for name, several in passwords.items():
            for role, password in zip(ROLES, several, strict=True):
                await _make_role(connection, name + role, password)
            await _make_database(connection, admin, name)
    finally:
        await connection.close()


async def _make_role(connection: asyncpg.Connection, name: str, password: str) -> None:
    # Names come from the closed list of services, passwords from token_urlsafe: no quote in either.
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f'CREATE ROLE "{name}" LOGIN')
    await connection.execute(f"ALTER ROLE \"{name}\" PASSWORD '{password}'")
    await connection.execute(f'GRANT "{name}" TO CURRENT_USER')


async def _make_database(connection: asyncpg.Connection, admin: str, name: str) -> None:
    owner = f"{name}_migration"
    exists = await connection.fetchval(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", name
    )
    if exists is None:
        await connection.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')
    elif exists != owner:
        await _hand_over(connection, admin, name, owner)
    await connection.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')
    await connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{name}", "{name}_retention"')


async def _hand_over(connection: asyncpg.Connection, admin: str, name: str, owner: str) -> None:
    """A database of earlier versions, in which the service's role owned everything."""
    await connection.execute(f'ALTER DATABASE "{name}" OWNER TO "{owner}"')
    inside = await asyncpg.connect(urlunsplit(urlsplit(admin)._replace(path=f"/{name}")))
    try:
        await inside.execute(f'REASSIGN OWNED BY "{name}" TO "{owner}"')
    finally:
        await inside.close()


async def _drop(admin: str, names: list[str]) -> None:
    connection = await asyncpg.connect(admin)
    try:
        for name in names:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            for role in ROLES:
                await connection.execute(f'DROP ROLE IF EXISTS "{name}{role}"')
    finally:
        await connection.close()
