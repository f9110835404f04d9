"""A person is erased: here at once, and by every service that hears of it."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from services.registration.casework.keyring import vault
from services.registration.store import Erasures, People
from shared.contracts.events import MentorLeft, PersonErased, Side
from shared.runtime.transaction import Transaction

AskedBy = Literal["person", "guardian", "operator", "retention", "consent"]
KEYS_ARCHIVE_DAYS = 7


async def erase_person(person_id: UUID, side: Side, asked_by: AskedBy, tx: Transaction) -> None:
    """Forget who this was, and state it. Repeating it is harmless."""
    final_on = (tx.now + timedelta(days=KEYS_ARCHIVE_DAYS)).date()
    await Erasures(tx.connection).ask(person_id, side, asked_by, tx.now, final_on)
    await People(tx.connection, vault()).erase(person_id, tx.now)
    if side == "mentor":
        tx.emit(MentorLeft(mentor_id=person_id, reason="erased"))
    tx.emit(PersonErased(person_id=person_id, side=side))
