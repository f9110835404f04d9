"""What the clock does for people who were erased: their ids go from stored rounds."""

from datetime import datetime
from uuid import UUID

from services.matching.casework import erasing
from shared.runtime.service import Timer
from shared.runtime.transaction import Transaction


async def erase_from_rounds(timer: Timer, tx: Transaction) -> None:
    """Some rounds more; the timer is set again until none is left."""
    after = timer.payload.get("after")
    since = datetime.fromisoformat(after) if after else None
    await erasing.erase_from_rounds(UUID(timer.key), since, tx)
