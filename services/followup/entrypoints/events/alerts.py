"""Events by which a human is called."""

from services.followup.store import Engagements, KeptApart
from services.followup.use_cases.raise_alert import AlertCause, call_about_contact, raise_alert
from shared.contracts.events import IntroductionFailed, MessageFailed, PersonKeptApart
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.persistence.transaction import Transaction

INTRODUCTIONS = ("pair_introduced_mentee", "pair_introduced_mentor")


async def look_into_roles(event: PersonKeptApart, tx: Transaction) -> None:
    """Who is introduced already goes on until a human has found out whether they are two people;
    everybody else is kept apart by matching."""
    kept = KeptApart(tx.connection)
    for engagement_id in await kept.keep(event.person_id, event.side, event.apart_from):
        engagement = await Engagements(tx.connection).get_for_update(engagement_id)
        if not engagement.over:
            await call_about_contact(engagement, engagement.association, tx)


async def alert_on_failed_introduction(event: IntroductionFailed, tx: Transaction) -> None:
    """Two people could not be brought together: a human finds out why, once per pair."""
    cause = AlertCause("introduction_failed", event.association, message_id=event.pair_id)
    await raise_alert(cause, tx)


async def alert_on_failed_message(event: MessageFailed, tx: Transaction) -> None:
    """A human must look, once per message. What fails an introduction is told as such."""
    if event.template in INTRODUCTIONS and event.state != "unknown":
        return
    about = await Engagements(tx.connection).find_concerned(event.concerns)
    association = about.association if about else responsible_for(event)
    cause = AlertCause("message_failed", association, about, event.message_id)
    await raise_alert(cause, tx, notify=event.recipient != "coordinator")


def responsible_for(event: MessageFailed) -> str | None:
    """The association that can look, when no pair of ours tells it.

    A message to a coordinator names it. Its failure is kept for the work queue and not told on:
    telling would be another message to the very same address.
    """
    if event.recipient == "coordinator" and event.person in ASSOCIATIONS:
        return event.person
    return event.association
