"""Changes of contact, as their pages ask for them."""

from uuid import UUID

import httpx

from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.events import ContactProved, Event
from shared.contracts.types import Recipient
from tests.integration.registration.conftest import csrf
from tests.support.service_harness import ServiceHarness

NEW = "nouvelle.adresse@exemple.fr"


async def take_events(s: ServiceHarness) -> list[Event]:
    """What was stated, but that a link was used: that proves its address."""
    return [event for event in await s.take_events() if not isinstance(event, ContactProved)]


async def ask_contact(
    s: ServiceHarness, recipient: Recipient, person: UUID, purpose: str
) -> ContactGiven:
    question = ContactAsked(recipient=recipient, person=str(person), purpose=purpose)
    found: ContactGiven = await s.answer(CONTACT_QUEUE, question)
    return found


async def address_of(s: ServiceHarness, mentee_id: UUID) -> str | None:
    return (await ask_contact(s, "mentee", mentee_id, "mentee_registered")).email


def loss_form(page: httpx.Response, **changes: str) -> dict[str, str]:
    """What an association fills in for somebody who called."""
    form = {
        "csrf": csrf(page.text),
        "first_name": "Ines",
        "last_name": "Marchandeau",
        "born_day": "17",
        "born_month": "5",
        "born_year": "2006",
        "way": "in_person",
        "email": NEW,
    }
    return form | changes
