"""What follows from an answer."""

from uuid import UUID

from services.followup.domain.engagement import Engagement
from services.followup.domain.questions import Kind
from services.followup.domain.stopping import has_stopped
from services.followup.store import CheckIns, Engagements
from services.followup.use_cases.close_term import conclude, end
from services.followup.use_cases.raise_alert import raise_pair_alert
from shared.contracts.events import MeetingConfirmed
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer


async def process_answer(timer: Timer, tx: Transaction) -> None:
    """One side has answered. Trouble calls a human even when the pair is over by now."""
    checkin = await CheckIns(tx.connection).get_answered(UUID(timer.key))
    engagement = await Engagements(tx.connection).get_for_update(checkin.engagement_id)
    if checkin.reply.needs_attention:
        await raise_pair_alert(engagement, "not_going_well", tx, checkin.side)
    if not engagement.in_term(checkin.term):
        return
    if checkin.kind == "first_meeting":
        await _note_meeting(engagement, checkin.reply.answer, tx)
    elif checkin.kind == "month_3":
        await conclude(engagement, tx, deadline_passed=False)
    else:
        await _note_stop(engagement, checkin.kind, tx)


async def _note_meeting(engagement: Engagement, answer: str, tx: Transaction) -> None:
    if answer == "yes" and not engagement.met:
        await Engagements(tx.connection).note_meeting(engagement, tx.now)
        tx.publish(MeetingConfirmed(pair_id=engagement.pair_id, request_id=engagement.request_id))


async def _note_stop(engagement: Engagement, kind: Kind, tx: Transaction) -> None:
    term = (engagement.engagement_id, engagement.term)
    replies = await CheckIns(tx.connection).replies(*term, kind)
    if has_stopped(*replies, deadline_passed=False):
        await end(engagement, "not_going_well", tx)
