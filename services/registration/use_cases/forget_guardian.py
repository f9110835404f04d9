"""A mentor is gone: nobody sees to their guardian any more."""

from uuid import UUID

from services.registration.use_cases.ask_consent import forget_question
from services.registration.use_cases.check_guardian import drop_check
from shared.persistence.transaction import Transaction


async def forget_guardian(mentor_id: UUID, tx: Transaction) -> None:
    """Drop the task to see to a mentor's guardian, and the question that the guardian was asked."""
    await drop_check(mentor_id, tx)
    await forget_question(mentor_id, tx)
