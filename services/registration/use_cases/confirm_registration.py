"""What a page says after a form, word for word the same for new and for known people.

Nobody may learn from a form whether somebody is registered. So the page gives a receipt: it says
that the form has arrived and what comes next, and the link to all the rest goes to the address
that was typed.
"""

from datetime import timedelta
from uuid import UUID

from services.registration.store import Links, Receipts
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

RECEIPT_KEPT = timedelta(days=30)


async def hand_receipt(side: Side, guardian: bool, tx: Transaction) -> UUID:
    """Keep a receipt and give its id. `guardian`: the form names a parent."""
    receipt = tx.new_id()
    await Receipts(tx.connection).add(receipt, side, guardian, tx.now)
    mark = tx.fingerprint("receipt", receipt)
    await Links(tx.connection).keep("receipt", receipt, mark, tx.now + RECEIPT_KEPT)
    return receipt
