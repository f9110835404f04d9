"""Upkeep of the database of keys: moving what stood elsewhere, sweeping what belongs to nobody."""

from datetime import timedelta
from uuid import UUID

import structlog

from services.registration.store import StoredKeys
from services.registration.use_cases.vault_provider import vault
from shared.persistence.transaction import TransactionFactory

AT_ONCE = 500
UNDONE_AFTER = timedelta(days=1)
"""A registration commits within seconds: a key without a person after a day belongs to nobody."""
MOST_ORPHANS = 100
"""More than these come of no undone registration: the wrong database, or a restore. Nothing is
swept then, because a person whose key is gone is lost."""

log = structlog.get_logger()


async def move_keys(transactions: TransactionFactory) -> int:
    """Take keys that still stand beside their people into the database of keys; returns how many.

    A key is there before it is removed here, so that a crash in between loses nothing.
    """
    moved = 0
    while True:
        async with transactions.begin() as tx:
            keys = await StoredKeys(tx.connection).lock(AT_ONCE)
            if not keys:
                return moved
            await vault().keys.add_missing(keys)
            await StoredKeys(tx.connection).remove([*keys])
        moved += len(keys)


async def sweep_keys(transactions: TransactionFactory) -> int:
    """Delete keys whose person never came; returns how many."""
    orphans: list[UUID] = []
    after = UUID(int=0)
    while people_ids := await vault().keys.older_than(UNDONE_AFTER, after, AT_ONCE):
        async with transactions.begin() as tx:
            known = await StoredKeys(tx.connection).people_among(people_ids)
        orphans += [one for one in people_ids if one not in known]
        after = people_ids[-1]
    if len(orphans) > MOST_ORPHANS:
        log.error("keys.not_swept", count=len(orphans))
        return 0
    return await vault().keys.delete(orphans) if orphans else 0
