"""From the form to the mail server: mails to an address that others type into forms."""

import json
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from services.registration.service import SERVICE as REGISTRATION
from tests.integration.notification.mail_server import words
from tests.integration.notification.notification_driver import NotificationDriver
from tests.support.service_harness import HarnessFactory, ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

STRANGER = "une.inconnue@exemple.example"
HTML = {"accept": "text/html"}


class Line:
    """Notification's questions, answered by registration's own code."""

    def __init__(self, registration: ServiceHarness) -> None:
        self._registration = registration

    async def call(self, queue: str, question: BaseModel, _answer: Any) -> Any:
        return await self._registration.answer(queue, question)

    call_together = call

    async def close(self) -> None:
        """Nothing is open."""


class TwoServices:
    """Registration and notification, each at work on what the other states."""

    def __init__(self, registration: ServiceHarness, driver: NotificationDriver) -> None:
        self.registration, self.driver = registration, driver
        driver.harness.runtime.rpc_client = Line(registration)  # type: ignore[assignment]  # a stand-in

    async def form(self, n: int, who: str = "jeune", **changes: Any) -> int:
        """The form of somebody invented, each from a network of their own."""
        person = young if who == "jeune" else volunteer
        name = "abcdefghijklmnopqrstuvwxyz"[n % 26] + "ae"[n // 26 % 2] * (1 + n // 52)
        about = {"first_name": f"Lia{name}", "last_name": f"Martel{name}"}
        transport = httpx.ASGITransport(
            app=self.registration.app,
            client=(f"198.51.{n}.1", 50_000),
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            data = form_of(person(**about | changes))
            answer = await client.post(f"/inscription/{who}", data=data, headers=HTML)
        return answer.status_code

    async def go_on(self) -> None:
        """Deliver the published events to both services, and send."""
        for event in await self.registration.take_events():
            if type(event) in self.driver.harness.service.subscribes:
                await self.driver.harness.handle(event)
        await self.driver.send()
        for event in await self.driver.harness.take_events():
            if type(event) in REGISTRATION.subscribes:
                await self.registration.handle(event)


@pytest.fixture
async def services(make_harness: HarnessFactory, driver: NotificationDriver) -> TwoServices:
    return TwoServices(await make_harness(REGISTRATION), driver)


async def test_sixty_forms_are_one_mail_to_a_stranger(services: TwoServices) -> None:
    """Seen: 60 forms, 120 mails."""
    answers = [await services.form(n, email=STRANGER) for n in range(60)]
    await services.go_on()
    assert len(services.driver.mail.received) == 1
    assert answers.count(303) == 20, "an address is named twenty times an hour"


async def test_forty_forms_are_no_more_than_twenty_sms_to_random_numbers(
    services: TwoServices,
) -> None:
    """Seen: 40 forms, 80 SMS."""
    for n in range(40):
        await services.form(n, email="", phone=f"06 39 98 {n:02} {n + 11:02}")
    await services.go_on()
    sent = [message["To"] for message in await services.driver.sms()]
    assert len(sent) == len(set(sent)) == 20


async def test_mentors_forms_and_guardians_count_for_the_same_mailbox(
    services: TwoServices,
) -> None:
    await services.form(1, email=STRANGER)
    await services.form(2, who="mentor", email=f"  {STRANGER.upper()} ")
    child = {"born": "2014-03-04", "guardian_first_name": "Ada", "guardian_email": STRANGER}
    await services.form(3, email="enfant@exemple.example", **child)
    await services.go_on()
    assert len(services.driver.mail.to("enfant@exemple.example")) == 1
    assert len(services.driver.mail.received) == 2


async def test_a_button_on_the_mailed_page_proves_an_address_and_opening_it_does_not(
    services: TwoServices,
) -> None:
    await services.form(1, email=STRANGER)
    await services.go_on()
    [mail] = services.driver.mail.received
    request = next(iter(await services.registration.pool.fetch("SELECT id FROM requests")))["id"]
    link = services.registration.runtime.links.url("request", request)
    assert link in words(mail)
    path = link.removeprefix(services.registration.runtime.bases["registration"])
    page = await services.registration.client.get(path, headers=HTML)
    assert "Oui, je les reçois" in page.text
    await services.go_on()
    assert len(services.driver.mail.received) == 1, "a scanner of mails opens links too"
    pressed = await services.registration.client.post(f"{path}/adresse", headers=HTML)
    assert pressed.status_code == 303
    await services.go_on()
    assert len(services.driver.mail.received) == 2, "the association is presented at once"
    page = await services.registration.client.get(path, headers=HTML)
    assert "Oui, je les reçois" not in page.text
    await services.form(2, email=STRANGER)
    await services.go_on()
    assert len(services.driver.mail.received) == 4


async def test_a_link_that_is_none_proves_nothing(services: TwoServices) -> None:
    answer = await services.registration.client.post("/demande/nothing/adresse", headers=HTML)
    assert answer.status_code == 410


async def test_what_a_partner_registers_is_sent_at_once(services: TwoServices) -> None:
    for n in range(3):
        body = young(first_name=f"Léo{'abc'[n]}", email=STRANGER, born=f"2004-0{n + 1}-11")
        await services.registration.pool.execute(
            "INSERT INTO partners (name, key_hash, created_at) VALUES ('lycees', 'x', now())"
            " ON CONFLICT DO NOTHING"
        )
        await services.registration.deliver(
            "partner.lycees.mentee.registered", json.dumps(body).encode()
        )
    await services.go_on()
    assert len(services.driver.mail.received) == 6
