"""What becomes of engagements when a person or a request is gone, and what is held about people."""

from services.followup.store import CheckIns, Engagements, Held, KeptApart
from services.followup.use_cases.raise_alert import end_engagements_of
from shared.contracts.events import ErasureDone, MentorLeft, PersonErased, RequestWithdrawn
from shared.contracts.held import HeldAsked, HeldGiven
from shared.persistence.transaction import Transaction


async def stop_withdrawn(event: RequestWithdrawn, tx: Transaction) -> None:
    """The request is over for good: its engagement ends at once, or never begins. The pair is
    undone by matching, which messages everybody."""
    engagements = Engagements(tx.connection)
    await engagements.withdraw(event.request_id, tx.now)
    for engagement_id in await engagements.running_for(event.request_id):
        engagement = await engagements.get_for_update(engagement_id)
        if not engagement.over:
            await engagements.end(engagement, "withdrawn", tx.now)


async def end_engagements_of_mentor(event: MentorLeft, tx: Transaction) -> None:
    """What the mentor was engaged in is over; the other side is told by `engagement.ended`."""
    await Engagements(tx.connection).note_departure(event.mentor_id, tx.now)
    await end_engagements_of(event.mentor_id, "mentor", tx)


async def erase(event: PersonErased, tx: Transaction) -> None:
    """Running engagements end; what the person answered and was asked goes."""
    await Engagements(tx.connection).note_erased(event.person_id, tx.now)
    await end_engagements_of(event.person_id, event.side, tx)
    await CheckIns(tx.connection).erase_of(event.person_id)
    await KeptApart(tx.connection).forget(event.person_id)
    await Engagements(tx.connection).forget_person(event.person_id)
    tx.publish(ErasureDone(person_id=event.person_id, service="followup"))


async def give_held(asked: HeldAsked, tx: Transaction) -> HeldGiven:
    """Everything kept here about a person, for their own export."""
    return HeldGiven(tables=await Held(tx.connection).about(asked.ids))
