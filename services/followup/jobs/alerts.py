"""Calling a human of the association."""

from typing import Literal

from services.followup.domain.engagement import Engagement
from services.followup.store import Alerts
from shared.contracts.events import AlertRaised
from shared.runtime.transaction import Transaction

Reason = Literal["not_going_well", "silent", "not_met"]


async def call_human(engagement: Engagement, reason: Reason, tx: Transaction) -> None:
    """Raise an alert, unless the same one is open already."""
    alert_id = tx.new_id()
    opened = await Alerts(tx.connection).open(
        *(alert_id, reason, tx.now),
        engagement_id=engagement.engagement_id,
        association=engagement.association,
    )
    if opened:
        tx.emit(
            AlertRaised(
                alert_id=alert_id,
                association=engagement.association,
                pair_id=engagement.pair_id,
                reason=reason,
            )
        )
