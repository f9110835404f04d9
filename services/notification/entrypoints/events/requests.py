"""About requests: laid before an association, taken in charge, over."""

from collections.abc import Iterator

from services.notification.domain.intent import MessageIntent
from services.notification.store import Stops
from services.notification.use_cases.enqueue_message import enqueue_message
from shared.contracts.events import (
    RequestConfirmed,
    RequestRouted,
    RequestWithdrawn,
)
from shared.messaging.handlers import handle_together
from shared.persistence.transaction import Transaction


@handle_together(lambda event: [event.request_id])
async def tell_association(event: RequestRouted, tx: Transaction) -> None:
    """At most one mail per association and calendar day: the page shows all that waits."""
    if not event.by_hand:
        return
    intent = MessageIntent(
        "request_routed", "coordinator", event.association, event.request_id,
        once_per=event.routed_on.isoformat(),
    )  # fmt: skip
    await enqueue_message(tx, intent)


@handle_together(lambda event: [event.request_id])
async def present_association(event: RequestConfirmed, tx: Transaction) -> None:
    """Who takes charge, in its own words."""
    intent = MessageIntent(
        "request_confirmed", "mentee", str(event.mentee_id), event.request_id, event.lang,
        facts={"association": event.association, "by_hand": "yes" if event.by_hand else "no"},
        once_per=f"{event.request_id}:{event.association}", request_id=event.request_id,
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def stop_request(event: RequestWithdrawn, tx: Transaction) -> None:
    """Nothing more is told about it but that it is over: to the association, and to those who
    do not know it by themselves."""
    await Stops(tx.connection).stop_request(event.request_id, tx.now)
    for intent in _withdrawal_template(event):
        await enqueue_message(tx, intent)


def _withdrawal_template(event: RequestWithdrawn) -> Iterator[MessageIntent]:
    facts, person = {"reason": event.reason}, str(event.mentee_id)
    request = event.request_id
    if event.association:
        yield MessageIntent(
            "request_withdrawn", "coordinator", event.association, request, facts=facts
        )
    if event.reason == "consent_withdrawn":
        yield MessageIntent("consent_withdrawn", "guardian", person, request)
    if event.reason in ("consent_withdrawn", "withdrawn"):
        yield MessageIntent("request_stopped", "mentee", person, request, facts=facts)
