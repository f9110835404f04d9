"""The worker that, once a process starts, reads all rows with the vocabularies of that process."""

from uuid import UUID

import structlog

from services.matching.domain.vocabulary import Vocabulary
from services.matching.store.blocks import Blocks, Table
from services.matching.store.requests import Requests
from services.matching.use_cases.set_rows_aside import KNOWN, judge_row
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.service.definition import WorkerContext
from shared.service.worker import periodic

AT_ONCE = 500
AGAIN_SECONDS = 3600.0
TABLES: tuple[Table, ...] = ("requests", "mentors")
_FIRST = UUID(int=0)

log = structlog.get_logger()


@periodic(AGAIN_SECONDS, retry_seconds=1.0)
async def set_unreadable_aside(runtime: WorkerContext) -> None:
    """Read all rows with the vocabularies of this process."""
    await read_all(runtime)


async def read_all(runtime: WorkerContext, known: Vocabulary = KNOWN) -> int:
    """Set aside what cannot be read, take back what can be again; returns how many changed.

    A pair whose association is gone belongs to the network's head from now on.
    """
    async with runtime.begin() as tx:
        await Requests(tx.connection).hand_pairs_to(NETWORK_HEAD, list(known.associations))
    changed = 0
    for table in TABLES:
        after: UUID | None = _FIRST
        while after is not None:
            after, number = await _read_page(table, after, runtime, known)
            changed += number
    if changed:
        log.warning("rows.read_anew", count=changed)
    return changed


async def _read_page(
    table: Table, after: UUID, runtime: WorkerContext, known: Vocabulary
) -> tuple[UUID | None, int]:
    async with runtime.begin() as tx:
        rows = await Blocks(tx.connection).page(table, after, AT_ONCE)
        changed = sum([await judge_row(table, row, tx, known) for row in rows])
    return (rows[-1].row_id if rows else None), changed
