"""What the clock ends in notification."""

from uuid import UUID

from services.notification.use_cases.introduce_pair import miss_introduction
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer


async def close_introduction(timer: Timer, tx: Transaction) -> None:
    """A week after a pair was confirmed, it is introduced or it has failed."""
    await miss_introduction(UUID(timer.key), tx)
