"""A database for a reference, beside those of the services."""

from urllib.parse import urlsplit, urlunsplit

import asyncpg


async def make_database(admin_url: str, name: str, tables: str) -> str:
    """An empty database with these tables; its address."""
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    url = urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))
    inside = await asyncpg.connect(url)
    await inside.execute(tables)
    await inside.close()
    return url
