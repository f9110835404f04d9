"""Registrations that resemble one another, and decisions about them."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.events import ContactProved, Event
from shared.contracts.types import Recipient
from tests.integration.registration.conftest import csrf, path_of, sign_in
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of

CASES = Path(__file__).parents[2] / "cases"

ELSEWHERE = {"email": "une.autre.adresse@exemple.fr"}

HEAD = "reseau_binome"


async def take_events(s: ServiceHarness) -> list[Event]:
    """What was stated, but that a link was used: that proves its address."""
    return [event for event in await s.take_events() if not isinstance(event, ContactProved)]


async def send(s: ServiceHarness, who: str, form: dict[str, Any]) -> list[Event]:
    answer = await s.client.post(f"/inscription/{who}", data=form_of(form))
    assert answer.status_code == 303
    return await take_events(s)


async def contact(s: ServiceHarness, side: Recipient, person_id: UUID) -> ContactGiven:
    asked = ContactAsked(recipient=side, person=str(person_id), purpose="registration_repeated")
    found: ContactGiven = await s.answer(CONTACT_QUEUE, asked)
    return found


async def page_of(s: ServiceHarness, subject: UUID) -> str:
    return (await s.client.get(path_of(s, "request", subject))).text


async def decide(s: ServiceHarness, association: str, answer: str) -> list[Event]:
    """Sign in, open the one doubt that is listed, answer."""
    await sign_in(s, association)
    listed = await s.client.get("/associations/doublons")
    (path,) = set(re.findall(r'href="(/associations/doublons/[0-9a-f-]{36})"', listed.text))
    page = await s.client.get(path)
    form = {"csrf": csrf(page.text), "answer": answer}
    await take_events(s)
    settled = await s.client.post(path, data=form)
    assert settled.status_code == 303
    return await take_events(s)
