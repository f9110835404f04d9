"""What a page says after a form, word for word the same for new and for known people.

Nobody may learn from a form whether somebody is registered. So the page gives a receipt: it says
that the form has arrived and what comes next, and the link to all the rest goes to the address
that the person gave when they first came.
"""

from datetime import timedelta
from uuid import UUID

from services.registration.casework.admission import Admitted
from services.registration.casework.keyring import vault
from services.registration.store import Links, People, Receipts
from shared.contracts.events import RegistrationRepeated, Side
from shared.runtime.transaction import Transaction

RECEIPT_KEPT = timedelta(days=30)


async def hand_receipt(
    side: Side, admitted: Admitted | None, guardian: bool, tx: Transaction
) -> UUID:
    """Keep a receipt and give its id; somebody known gets their link again by message.

    `admitted` None: nothing was kept, and nobody shall see that. `guardian`: the form names a
    parent.
    """
    if admitted and admitted.known:
        await _send_link_again(admitted, tx)
    receipt = tx.new_id()
    await Receipts(tx.connection).add(receipt, side, guardian, tx.now)
    mark = tx.fingerprint("receipt", receipt)
    await Links(tx.connection).keep("receipt", receipt, mark, tx.now + RECEIPT_KEPT)
    return receipt


async def _send_link_again(admitted: Admitted, tx: Transaction) -> None:
    lang = await People(tx.connection, vault()).lang_of(admitted.person_id)
    tx.emit(
        RegistrationRepeated(
            person_id=admitted.person_id,
            side=admitted.side,
            request_id=admitted.subject,
            lang=lang,
        )
    )
