"""Restricted questions of other services, answered."""

from shared.contracts.held import HeldAsked, HeldGiven
from shared.persistence.held_rows import rows_about
from shared.persistence.transaction import Transaction


async def give_held(asked: HeldAsked, tx: Transaction) -> HeldGiven:
    """Everything kept here about a person, for their own export."""
    return HeldGiven(tables=await rows_about(tx.connection, asked.ids))
