"""Programmes and caps of associations, in the store of matching."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.matching.domain.people import Association
from services.matching.domain.programme import Changes, Programme
from services.matching.settings import StoreSettings
from services.matching.store import Programmes
from shared.persistence.database import open_pool
from shared.service.settings import load


async def load_programmes() -> tuple[list[Programme], list[Association]]:
    """All programmes, and the associations that have a cap."""
    async with _store() as store:
        return list(await store.all()), list(await store.caps())


async def set_programme(code: str, changes: Changes) -> Programme:
    """Change a programme; the programme as it is now. Raises InvalidProgramme."""
    async with _store() as store:
        return await store.set(code, changes)


async def cap_association(association: str, number: int | None) -> None:
    """Set the cap of an association; None takes it away."""
    async with _store() as store:
        await store.cap(association, number)


@asynccontextmanager
async def _store() -> AsyncIterator[Programmes]:
    settings = load(StoreSettings, "matching")
    pool = await open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        async with pool.acquire() as connection, connection.transaction():
            yield Programmes(connection)
    finally:
        await pool.close()
