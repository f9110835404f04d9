"""The link that a partner is given of somebody it registered: the steps, and nothing else.

The person's own link (what is held, another contact, withdrawing, erasing) goes to the person's own
contact only, as at every other entrypoint. A young person who is reached by their guardian alone
has none: the guardian has the guardian's page, and the partner may show them the steps.
"""

from datetime import timedelta
from uuid import UUID

from services.registration.store import Links
from shared.persistence.transaction import Transaction

STEPS = "steps"
"""Purpose of the link; what it is about is a request, or a mentor."""
STEPS_KEPT = timedelta(days=365)


async def keep_steps_link(subject: UUID, tx: Transaction) -> None:
    """Let the partner's link open the steps, for a year from the first answer."""
    mark = tx.fingerprint(STEPS, subject)
    await Links(tx.connection).keep(STEPS, subject, mark, tx.now + STEPS_KEPT)
