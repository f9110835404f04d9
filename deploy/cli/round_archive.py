"""Rounds read from the store of matching, wherever that is."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.matching.store.evidence import ListedRound, RoundArchive, StoredRound
from shared.persistence.database import open_pool
from shared.service.user_error import UserError

VARIABLES = ("BINOME_MATCHING_DATABASE_URL", "BINOME_DATABASE_URL")


async def latest_rounds(folder: Path, number: int) -> list[ListedRound]:
    """The latest rounds, the newest first."""
    async with _evidence(folder) as evidence:
        return list(await evidence.latest(number))


async def get_round(folder: Path, round_id: str) -> StoredRound:
    """The round of an id, of its beginning, or the `last`. Raises UserError for none or several."""
    async with _evidence(folder) as evidence:
        if round_id == "last":
            ids = [one.round_id for one in await evidence.latest(1)]
        elif re.fullmatch(r"[0-9a-f-]{4,36}", round_id.lower()):
            ids = list(await evidence.beginning_with(round_id.lower()))
        else:
            ids = []
        if len(ids) > 1:
            raise UserError(f"Plusieurs tournées commencent par {round_id} : donnez la suite.")
        stored = await evidence.get(ids[0]) if ids else None
    if stored is None:
        raise UserError(f"Il n'y a pas de tournée {round_id} (binome rounds list).")
    return stored


@asynccontextmanager
async def _evidence(folder: Path) -> AsyncIterator[RoundArchive]:
    pool = await open_pool(_database(folder), size=1)
    try:
        async with pool.acquire() as connection, connection.transaction(readonly=True):
            yield RoundArchive(connection)
    finally:
        await pool.close()


def _database(folder: Path) -> str:
    """Where matching keeps its rounds: given by the environment, or by the local stack."""
    for variable in VARIABLES:
        if url := os.environ.get(variable):
            return url
    from deploy.devstack import state

    stack_status = state.status(folder.resolve())
    if stack_status is None:
        raise UserError(
            f"{VARIABLES[0]} manque, et rien ne tourne dans {folder} "
            "(binome up ; ou --folder, celui de la démonstration)."
        )
    return str(stack_status["databases"]["matching"])
