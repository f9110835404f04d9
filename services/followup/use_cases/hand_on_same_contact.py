"""Two who are introduced may be one person: the association finds out, within a week."""

from uuid import UUID

from services.followup.store import Alerts, Engagements
from services.followup.use_cases.raise_alert import call_about_contact
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer


async def hand_on_unlooked(timer: Timer, tx: Transaction) -> None:
    """Nobody has looked in time: the network's head does, and is reminded every week."""
    engagement = await Engagements(tx.connection).get_for_update(UUID(timer.key))
    if engagement.over:
        return
    if await Alerts(tx.connection).hand_on(engagement.engagement_id, "same_contact", NETWORK_HEAD):
        await call_about_contact(engagement, NETWORK_HEAD, tx, again=True)
