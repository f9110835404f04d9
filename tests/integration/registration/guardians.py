"""Minors who register, and associations that see to their guardians."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import httpx

from shared.contracts.events import Event, MessageSent
from tests.integration.registration.conftest import csrf, register, sign_in
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young

HTML = {"accept": "text/html"}

PUPIL = young(born="2009-05-17")
"""16 years old on 10 January 2026."""

PARENT = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}

CHILD = young(born="2013-03-04", **PARENT)

OURS = "tandem_avenir"


def kinds(events: Iterable[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


async def come(s: ServiceHarness, person: dict[str, Any]) -> list[Event]:
    assert (await register(s, {"kind": "mentee", **person})).status_code == 202
    return await s.take_events()


async def state(s: ServiceHarness) -> str:
    value: str = await s.pool.fetchval("SELECT state FROM requests")
    return value


async def send_to_guardian(s: ServiceHarness, request: UUID) -> None:
    """Our message to the guardian has left, as notification states it."""
    await s.handle(
        MessageSent(
            message_id=uuid4(), template="guardian_informed", channel="mail",
            recipient="guardian", person=str(uuid4()), concerns=request,
        )
    )  # fmt: skip


async def see_to(
    s: ServiceHarness, request: UUID, how: str = "call", act: str = "parent"
) -> httpx.Response:
    await sign_in(s, OURS)
    page = (await s.client.get(f"/associations/demandes/{request}", headers=HTML)).text
    data = {"csrf": csrf(page), "how": how}
    return await s.client.post(f"/associations/demandes/{request}/{act}", data=data)
