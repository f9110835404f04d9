"""Databases of tests give their space back, also in servers that outlive the run."""

import asyncpg

from deploy.devstack.servers import Servers
from services.registration.service import SERVICE
from tests.conftest import Databases


async def test_nothing_is_left_once_a_run_is_over(servers: Servers) -> None:
    async def names() -> set[str]:
        connection = await asyncpg.connect(servers.postgres_url)
        try:
            rows = await connection.fetch("SELECT datname FROM pg_database")
        finally:
            await connection.close()
        return {row["datname"] for row in rows}

    before = await names()
    made = Databases(servers.postgres_url)
    kept = await made.fresh(SERVICE)
    await made.further(SERVICE)
    assert len(await names() - before) == 4, "two templates and a copy of each"
    await made.drop(kept)
    assert len(await names() - before) == 3
    await made.drop_all()
    assert await names() - before == set()
