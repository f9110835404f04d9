"""A person is erased: first the journal, then the key, then the rows, then every other service.

Each step may be done again, and each that is left undone by a crash is done by `reapplying`: once
an id stands in the journal, its erasure happens.
"""

import asyncio
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from services.registration.gateways.journal import JournalEntry
from services.registration.store import Erasures, Requests
from services.registration.use_cases.lift_hold import drop_doubts_about
from services.registration.use_cases.vault_provider import archive_days, journal, vault
from services.registration.use_cases.withdraw_request import withdraw_request
from shared.contracts.events import MentorLeft, PersonErased
from shared.contracts.types import PARIS, Side
from shared.persistence.transaction import Transaction

AskedBy = Literal["person", "guardian", "operator", "retention", "consent"]


async def erase_person(person_id: UUID, side: Side, asked_by: AskedBy, tx: Transaction) -> None:
    """Erase a person and what was decided to be theirs. Raises OSError without a journal."""
    for one in (person_id, *await Erasures(tx.connection).list_merged(person_id)):
        entry = JournalEntry(tx.now, one, side, asked_by)
        await asyncio.to_thread(journal().append, entry)
        await vault().keys.delete([one])
        await finish_erasure(entry, tx)


async def finish_erasure(entry: JournalEntry, tx: Transaction) -> None:
    """What is left once the key is gone: the rows here, and the event to everybody."""
    person_id, erasures = entry.person_id, Erasures(tx.connection)
    for request_id in await Requests(tx.connection).open_ids_of(person_id):
        request = await Requests(tx.connection).get_for_update(request_id)
        if request:
            await withdraw_request(request, "erased", tx)
    await drop_doubts_about(person_id, tx)
    await erasures.ask(person_id, entry.side, entry.asked_by, entry.at, final_on(entry.at))
    await erasures.clear(person_id, tx.now)
    if entry.side == "mentor":
        tx.publish(MentorLeft(mentor_id=person_id, reason="erased"))
    tx.publish(PersonErased(person_id=person_id, side=entry.side))


def final_on(asked_at: datetime) -> date:
    """The day from which no archive of keys reaches back to before the erasure."""
    return asked_at.astimezone(PARIS).date() + timedelta(days=archive_days() + 1)
