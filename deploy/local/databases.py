"""A database and a role of its own for every service of a house."""

import asyncio
import hashlib
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.local.secret_store import Secrets
from deploy.local.servers import Servers
from shared.runtime.settings import SERVICES

DATABASES = (*SERVICES, "keys")
"""One of each service, and that of people's keys, which registration alone may enter."""


def make_databases(
    servers: Servers, folder: Path, owners: Iterable[str], secrets: Secrets
) -> dict[str, str]:
    """URL of each database; what is missing is made, what is there stays.

    A role `binome_<service>` owns its database and cannot enter another's. In a cluster that the
    environment gives, names carry a mark of the folder, so that two runs share it in peace.
    """
    names = {service: _name(servers, folder, service) for service in owners}
    passwords = {names[service]: secrets.get(f"postgres_{service}") for service in names}
    _wait(_make(servers.postgres_url, passwords))
    return {
        service: _url(servers.postgres_url, name, passwords[name])
        for service, name in names.items()
    }


def drop_databases(servers: Servers, folder: Path, owners: Iterable[str]) -> None:
    """Drop databases and roles again: good manners in a cluster that is not ours."""
    _wait(_drop(servers.postgres_url, [_name(servers, folder, service) for service in owners]))


def _name(servers: Servers, folder: Path, service: str) -> str:
    if servers.postgres is not None:
        return f"binome_{service}"
    return f"binome_{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}_{service}"


def _url(admin: str, name: str, password: str) -> str:
    parts = urlsplit(admin)
    place = f"{name}:{password}@{parts.hostname}:{parts.port or 5432}"
    return urlunsplit(parts._replace(netloc=place, path=f"/{name}"))


def _wait(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread: we may be called from within a running event loop."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, work).result()


async def _make(admin: str, passwords: dict[str, str]) -> None:
    connection = await asyncpg.connect(admin)
    try:
        for name, password in passwords.items():
            await _make_one(connection, name, password)
    finally:
        await connection.close()


async def _make_one(connection: asyncpg.Connection, name: str, password: str) -> None:
    # Names come from the closed list of services, passwords from token_urlsafe: no quote in either.
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f'CREATE ROLE "{name}" LOGIN')
    await connection.execute(f"ALTER ROLE \"{name}\" PASSWORD '{password}'")
    await connection.execute(f'GRANT "{name}" TO CURRENT_USER')
    if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
    await connection.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')


async def _drop(admin: str, names: list[str]) -> None:
    connection = await asyncpg.connect(admin)
    try:
        for name in names:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await connection.execute(f'DROP ROLE IF EXISTS "{name}"')
    finally:
        await connection.close()
