"""A pause has an end: whoever can still change it is reminded before."""

from datetime import datetime
from uuid import UUID

from services.followup.store import Engagements, Pauses
from services.followup.use_cases.raise_alert import AlertCause, raise_alert
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer


async def remind_of_pause(timer: Timer, tx: Transaction) -> None:
    """Half of the time is over and the pair is paused still: the association is told once more."""
    pair_id, paused_at = UUID(timer.key), datetime.fromisoformat(timer.payload["paused_at"])
    if await Pauses(tx.connection).goes_on(pair_id, paused_at):
        engagement = await Engagements(tx.connection).find_concerned(pair_id)
        association = engagement.association if engagement else timer.payload["association"]
        reason = timer.payload.get("reason", "clearance_ended")
        await raise_alert(AlertCause(reason, association, engagement), tx, again=True)
