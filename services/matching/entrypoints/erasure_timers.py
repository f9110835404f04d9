"""What the clock does for people who were erased: their ids go from stored rounds."""

from datetime import datetime
from uuid import UUID

from services.matching.use_cases import erase_person
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer


async def erase_from_rounds(timer: Timer, tx: Transaction) -> None:
    """Some rounds more; the timer is set again until none is left."""
    after = timer.payload.get("after")
    since = datetime.fromisoformat(after) if after else None
    await erase_person.erase_from_rounds(UUID(timer.key), since, tx)
