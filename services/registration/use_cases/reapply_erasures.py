"""Erasures that were begun, or that a restore brought back, are done (again) from the journal."""

import asyncio
from collections.abc import Sequence

from services.registration.gateways.journal import JournalEntry
from services.registration.store import Erasures
from services.registration.use_cases.erase_person import finish_erasure
from services.registration.use_cases.vault_provider import journal, vault
from shared.contracts.events import PersonErased
from shared.persistence.transaction import TransactionFactory

AT_ONCE = 1000


async def read_journal() -> list[JournalEntry]:
    """Every erasure that was ever asked for, the oldest first."""
    return await asyncio.to_thread(lambda: list(journal().entries()))


async def reapply_erasures(
    entries: Sequence[JournalEntry], transactions: TransactionFactory, everywhere: bool = False
) -> int:
    """Erase everybody in these entries who is not erased; returns how many still stood here.

    `everywhere`: every service is told of everybody in the journal once more, which is what a
    restore of another service's database needs.
    """
    done = 0
    for start in range(0, len(entries), AT_ONCE):
        done += await _reapply(entries[start : start + AT_ONCE], transactions, everywhere)
    return done


async def _reapply(
    entries: Sequence[JournalEntry], transactions: TransactionFactory, everywhere: bool
) -> int:
    people = [entry.person_id for entry in entries]
    await vault().keys.delete(people)
    async with transactions.begin() as tx:
        standing = await Erasures(tx.connection).not_done(people)
        if everywhere:
            for entry in entries:
                if entry.person_id not in standing:
                    tx.publish(PersonErased(person_id=entry.person_id, side=entry.side))
    for entry in entries:
        if entry.person_id in standing:
            async with transactions.begin() as tx:
                await finish_erasure(entry, tx)
    return len(standing)
