"""A process that erases a person and is killed at a step, as by a crash: `STEP SIDE PERSON_ID`.

Steps: `journal` (before anything), `key` (after the journal), `row` (after the key), `commit`
(after the rows, before the transaction ends), `done`.
"""

import asyncio
import os
import signal
import sys
from typing import NoReturn
from uuid import UUID

from services.registration.gateways.journal import ErasureJournal
from services.registration.store import Erasures
from services.registration.store.keys import Keys
from services.registration.use_cases import erase_person
from services.registration.use_cases.vault_provider import key_database
from shared.contracts.types import Side
from shared.persistence.database import open_pool
from shared.persistence.transaction import TransactionFactory
from shared.service.clock import WallClock


def die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody outlives this signal")


async def erase(step: str, side: Side, person_id: UUID) -> None:
    if step == "journal":
        ErasureJournal.append = die  # type: ignore[assignment,method-assign]  # ends here
    if step == "key":
        Keys.delete = die  # type: ignore[assignment,method-assign]  # ends here
    if step == "row":
        Erasures.clear = die  # type: ignore[assignment,method-assign]  # ends here
    pool = await open_pool(os.environ["BINOME_DATABASE_URL"], size=2)
    async with key_database(), TransactionFactory("registration", pool, WallClock()).begin() as tx:
        await erase_person.erase_person(person_id, side, "person", tx)
        if step == "commit":
            die()
    await pool.close()


if __name__ == "__main__":
    told_step, told_side, told_person = sys.argv[1:]
    asyncio.run(
        erase(told_step, "mentor" if told_side == "mentor" else "mentee", UUID(told_person))
    )
