"""About pairs who meet: check-ins, alerts, the end of a term."""

from dataclasses import replace

from services.notification.domain.intent import MessageIntent
from services.notification.use_cases.enqueue_message import enqueue_message
from shared.contracts.events import (
    AlertRaised,
    CheckInAsked,
    EngagementEnded,
    EngagementRenewed,
)
from shared.persistence.transaction import Transaction

CHECK_INS = {
    "first_meeting": "checkin_first_meeting",
    "month_1": "checkin_month",
    "month_2": "checkin_month",
    "month_3": "checkin_renewal",
}


async def ask_how_it_goes(event: CheckInAsked, tx: Transaction) -> None:
    """One question to one side, answered by a link."""
    intent = MessageIntent(
        CHECK_INS[event.kind], event.side, str(event.person_id), event.checkin_id,
        event.lang, facts={"kind": event.kind}, pair_id=event.pair_id,
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def alert_coordinator(event: AlertRaised, tx: Transaction) -> None:
    """A human of the association is asked to look, each time that somebody says so."""
    facts = {"reason": event.reason, "signal": str(event.signal)}
    if event.side:
        facts["said_by"] = event.side
    intent = MessageIntent(
        "alert_raised", "coordinator", event.association, event.alert_id, facts=facts,
        once_per=f"{event.alert_id}:{event.signal}" if event.signal > 1 else "",
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def celebrate_renewal(event: EngagementRenewed, tx: Transaction) -> None:
    """Both learn that they go on, once per term."""
    for intent in _to_both("engagement_renewed", event, {"term": str(event.term)}):
        await enqueue_message(tx, intent)


async def say_goodbye(event: EngagementEnded, tx: Transaction) -> None:
    """Both are thanked, in words that fit the reason."""
    facts: dict[str, str] = {"reason": event.reason}
    if event.left:
        facts["left"] = event.left
    for intent in _to_both("engagement_ended", event, facts):
        if intent.recipient == event.left:
            continue
        # Matching undoes the pair of whoever left: that this is told is no reason to be silent.
        await enqueue_message(tx, replace(intent, pair_id=None) if event.left else intent)


def _to_both(
    template: str, event: EngagementRenewed | EngagementEnded, facts: dict[str, str]
) -> list[MessageIntent]:
    once_per = f"{event.engagement_id}:{facts.get('term', '')}"
    known = {"request_id": str(event.request_id), **facts}
    return [
        MessageIntent(template, "mentee", str(event.mentee_id), event.engagement_id,
               facts=known, once_per=once_per,
               request_id=event.request_id, pair_id=event.pair_id),
        MessageIntent(template, "mentor", str(event.mentor_id), event.engagement_id,
               facts=known, once_per=once_per,
               request_id=event.request_id, pair_id=event.pair_id),
    ]  # fmt: skip
