"""Mentors, and the page on which an association clears them."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts.events import ClearanceChanged, Event, MentorRegistered
from tests.integration.registration.conftest import csrf, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer

CASES = Path(__file__).parents[2] / "cases"

OTHER = {"first_name": "Maud", "email": "maud@exemple.fr"}

HEAD, OWN = "reseau_binome", "pas_a_pas"

PAGE = "/associations/mentors"

HTML = {"accept": "text/html"}


async def mentor(s: ServiceHarness, **fields: Any) -> MentorRegistered:
    """A mentor whom a partner registers; other events stay in the outbox."""
    answer = await register(s, {"kind": "mentor", **volunteer(**fields)})
    assert answer.status_code == 202, answer.text
    (registered,) = [x for x in await s.take_events() if isinstance(x, MentorRegistered)]
    return registered


async def press(s: ServiceHarness, mentor_id: UUID, act: str, **data: str) -> Any:
    """A button of the association's page of a mentor."""
    shown = await s.client.get(f"{PAGE}/{mentor_id}", headers=HTML)
    assert shown.status_code == 200
    form = {"csrf": csrf(shown.text)} | data
    return await s.client.post(f"{PAGE}/{mentor_id}/{act}", data=form, headers=HTML)


def changes(events: list[Event]) -> list[tuple[date | None, str | None, str]]:
    return [
        (x.cleared_until, x.association, x.reason)
        for x in events
        if isinstance(x, ClearanceChanged)
    ]
