"""About what an association has to decide: doubts and clearances."""

from services.notification.domain.intent import MessageIntent
from services.notification.use_cases.enqueue_message import enqueue_message
from shared.contracts.events import (
    ClearanceAsked,
    ClearanceChanged,
    DoubtRaised,
)
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.persistence.transaction import Transaction


async def tell_of_doubt(event: DoubtRaised, tx: Transaction) -> None:
    """At most one mail per association and day, and one of reminders: the page shows them all."""
    kind = "reminder" if event.reminder else "new"
    intent = MessageIntent(
        "doubt_raised", "coordinator", event.association, event.doubt_id,
        facts={"reason": kind}, once_per=f"{tx.now.date().isoformat()}:{kind}",
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def ask_for_clearance(event: ClearanceAsked, tx: Transaction) -> None:
    """At most one mail per association, day and reason: the page shows all mentors concerned."""
    facts = {"reason": event.reason, "last_day": event.due.isoformat()}
    intent = MessageIntent(
        "clearance_asked", "coordinator", event.association, event.mentor_id,
        facts=facts, once_per=f"{tx.now.date().isoformat()}:{event.reason}",
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def tell_of_clearance(event: ClearanceChanged, tx: Transaction) -> None:
    """A clearance that was withdrawn or is over calls a human, each time."""
    if event.cleared_until is not None:
        return
    intent = MessageIntent(
        "clearance_asked", "coordinator", event.association or NETWORK_HEAD, event.mentor_id,
        facts={"reason": event.reason}, once_per=f"{event.mentor_id}:{tx.now.isoformat()}",
    )  # fmt: skip
    await enqueue_message(tx, intent)
