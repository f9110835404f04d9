"""What the clock ends in notification."""

from uuid import UUID

from services.notification.casework.introducing import miss_introduction
from shared.runtime.service import Timer
from shared.runtime.transaction import Transaction


async def close_introduction(timer: Timer, tx: Transaction) -> None:
    """A week after a pair was confirmed, it is introduced or it has failed."""
    await miss_introduction(UUID(timer.key), tx)
