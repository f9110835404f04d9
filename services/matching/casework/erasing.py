"""What matching does when a person is erased."""

from uuid import UUID

from services.matching.casework.leaving import take_mentee_out, take_mentor_out
from shared.contracts.events import ErasureDone, Side
from shared.runtime.transaction import Transaction


async def erase_person(person_id: UUID, side: Side, tx: Transaction) -> None:
    """Take the person out and state the receipt."""
    if side == "mentor":
        await take_mentor_out(person_id, tx)
    else:
        await take_mentee_out(person_id, tx)
    tx.emit(ErasureDone(person_id=person_id, service="matching"))
