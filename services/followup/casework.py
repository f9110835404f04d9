"""Calling a human of the association: what events, answers and silences may all lead to."""

from typing import Literal
from uuid import UUID

from services.followup.domain.engagement import Engagement
from services.followup.store import Alerts
from shared.contracts.events import AlertRaised
from shared.runtime.transaction import Transaction

Reason = Literal["not_going_well", "silent", "not_met", "message_failed"]


async def call_human(engagement: Engagement, reason: Reason, tx: Transaction) -> None:
    """Raise an alert about a pair, unless the same one is open already."""
    await raise_alert(reason, engagement.association, tx, engagement)


async def raise_alert(
    reason: Reason,
    association: str | None,
    tx: Transaction,
    about: Engagement | None = None,
    *,
    message_id: UUID | None = None,
    told: bool = True,
) -> None:
    """Keep an alert once, and tell its association, if there is one and `told`."""
    alert_id = tx.new_id()
    opened = await Alerts(tx.connection).open(
        *(alert_id, reason, tx.now),
        engagement_id=about.engagement_id if about else None,
        association=association,
        message_id=message_id,
    )
    if opened and association and told:
        pair_id = about.pair_id if about else None
        tx.emit(
            AlertRaised(alert_id=alert_id, association=association, pair_id=pair_id, reason=reason)
        )
