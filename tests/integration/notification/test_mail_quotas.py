"""Registrations cause few mails to an address that nobody has proved."""

import asyncio
from uuid import uuid4

import pytest

from services.notification.gateways.configured import configured_gateways
from services.notification.use_cases.send_message import MessageSender
from shared.contracts.events import (
    ConsentAsked,
    ContactChanged,
    ContactProved,
    MenteeRegistered,
    SignInAsked,
)
from shared.contracts.types import RegistrationSource
from shared.persistence.maintenance import outstanding
from tests.integration.notification.mail_server import words
from tests.integration.notification.notification_driver import NotificationDriver
from tests.integration.notification.quotas import (
    STRANGER,
    confirmation,
    days_later,
    registration,
    take_sent,
)
from tests.integration.notification.test_introducing import confirm
from tests.support.events import pick_event


async def test_twenty_registrations_are_one_mail_to_a_stranger(driver: NotificationDriver) -> None:
    """Seen: an acknowledgement and a second mail for each."""
    events = [registration(driver, email=f"Une.Inconnue+{n}@exemple.example") for n in range(20)]
    await driver.deliver(*(event for both in events for event in both))
    await driver.send()
    assert len(driver.mail.received) == 1
    assert (await driver.states())["created"] == 39


async def test_the_others_leave_as_one_mail_the_next_day_and_nobody_is_left_out(
    driver: NotificationDriver,
) -> None:
    events = [registration(driver, email=STRANGER) for _ in range(8)]
    await driver.deliver(*(both[0] for both in events))
    await driver.send()
    await days_later(driver)
    assert len(driver.mail.received) == 2
    text = words(driver.mail.received[1])
    links = [driver.harness.runtime.links.url("request", both[0].subject) for both in events]
    first = words(driver.mail.received[0])
    assert [link in first or link in text for link in links] == [True] * 8
    assert "D’autres inscriptions ont été faites avec cette adresse" in text
    assert await driver.states() == {"delivered": 8}
    concerned = [str(event.concerns) for event in await take_sent(driver)]
    assert sorted(concerned) == sorted(both[0].subject for both in events), "each is published once"


async def test_a_stranger_gets_three_mails_in_all(driver: NotificationDriver) -> None:
    for _ in range(6):
        await driver.deliver(*registration(driver, email=STRANGER))
        await driver.send()
        await days_later(driver)
    assert len(driver.mail.received) == 3
    await days_later(driver, 30)
    assert len(driver.mail.received) == 3
    assert (await driver.states())["created"] > 0, "nothing is lost"
    assert (await outstanding(driver.harness.runtime))["messages_over_limit"] > 0


async def test_what_waits_leaves_with_the_first_message_of_who_acts(
    driver: NotificationDriver,
) -> None:
    """Somebody takes charge of the fourth person: that message, with their link, acknowledges."""
    for _ in range(3):
        await driver.deliver(registration(driver, email=STRANGER)[0])
        await driver.send()
        await days_later(driver)
    fourth, _ = registration(driver, email=STRANGER)
    assert isinstance(fourth, MenteeRegistered)
    await driver.deliver(fourth)
    await driver.send()
    assert len(driver.mail.received) == 3
    await driver.harness.take_events()
    await driver.deliver(
        confirmation(fourth.request_id, fourth.mentee_id, since=driver.harness.clock.now())
    )
    await driver.send()
    assert len(driver.mail.received) == 4
    link = driver.harness.runtime.links.url("request", fourth.request_id)
    assert link in words(driver.mail.received[3])
    assert {event.template for event in await take_sent(driver)} == {
        "mentee_registered", "request_confirmed",
    }  # fmt: skip
    assert await driver.states() == {"delivered": 5}


async def test_a_proved_address_waits_for_nothing(driver: NotificationDriver) -> None:
    events = [registration(driver, email=STRANGER) for _ in range(4)]
    await driver.deliver(*(event for both in events for event in both))
    await driver.send()
    assert len(driver.mail.received) == 1
    for both in events:
        person = str(pick_event(MenteeRegistered, both).mentee_id)
        driver.registration.knows("mentee", person, email=STRANGER, first_name="Inès")
    first = events[0][0]
    assert isinstance(first, MenteeRegistered)
    await driver.deliver(ContactProved(person_id=first.mentee_id, recipient="mentee"))
    await driver.send()
    assert await driver.states() == {"delivered": 8}
    text = " ".join(words(mail) for mail in driver.mail.received)
    for both in events:
        assert driver.harness.runtime.links.url("request", both[0].subject) in text


@pytest.mark.parametrize("door", ["api", "partner", "import"])
async def test_registrations_of_partners_have_quotas_of_their_own(
    driver: NotificationDriver, door: RegistrationSource
) -> None:
    driver.settings.limit_registrations_per_day = 7
    await driver.deliver(*(registration(driver, "page", email=STRANGER)[0] for _ in range(3)))
    for _ in range(5):
        await driver.deliver(*registration(driver, door, email=STRANGER))
    await driver.send()
    assert len(driver.mail.received) == 1 + 7
    await days_later(driver)
    assert len(await take_sent(driver)) == 3 + 10


async def test_messages_of_a_request_that_is_acted_on_are_not_slowed(
    driver: NotificationDriver,
) -> None:
    await driver.deliver(registration(driver, email="ines@exemple.example")[0])
    pair = confirm(driver, unproved=True)
    await driver.deliver(pair)
    await driver.send()
    assert len(driver.mail.to("ines@exemple.example")) == 2
    assert await driver.states() == {"delivered": 3}


async def test_a_guardian_is_asked_first_and_told_the_next_day(driver: NotificationDriver) -> None:
    """Both reach the same mailbox; the question is what everything waits for."""
    request, mentee, now = uuid4(), uuid4(), driver.harness.clock.now()
    driver.registration.knows(
        "mentee", mentee, first_name="Nour", minor=True, guarded=True, unproved=True
    )
    driver.registration.knows("guardian", mentee, email=STRANGER, unproved=True)
    await driver.deliver(
        MenteeRegistered(request_id=request, mentee_id=mentee, door="page", registered_at=now),
        ConsentAsked(request_id=request, mentee_id=mentee),
    )
    await driver.send()
    [mail] = driver.mail.received
    assert driver.harness.runtime.links.url("consent", request) in words(mail)
    await days_later(driver)
    assert await driver.states() == {"delivered": 2}


async def test_a_retry_takes_no_second_place(driver: NotificationDriver) -> None:
    driver.settings.notification_retry_first = 3600
    driver.mail.replies[STRANGER] = "451 4.7.1 Greylisted"
    await driver.deliver(registration(driver, email=STRANGER)[0])
    await driver.send()
    driver.mail.replies.clear()
    await driver.harness.pool.execute("UPDATE messages SET not_before = clock_timestamp()")
    await driver.send()
    assert await driver.states() == {"delivered": 1}


async def test_two_replicas_share_the_quota(driver: NotificationDriver) -> None:
    await driver.deliver(*(registration(driver, email=STRANGER)[0] for _ in range(12)))
    async with configured_gateways(driver.settings) as gateways:
        senders = [
            MessageSender(driver.harness.runtime, driver.settings, gateways) for _ in range(2)
        ]
        messages = await senders[0].claim(12)
        await asyncio.gather(*(senders[i % 2].send(m) for i, m in enumerate(messages)))
    assert len(driver.mail.received) == 1


async def test_an_address_that_is_typed_in_and_changed_again_is_told_three_times_a_day(
    driver: NotificationDriver,
) -> None:
    """A person could otherwise enter one foreign address after another on their own page."""
    for _ in range(7):
        change = ContactChanged(
            change_id=uuid4(), person_id=uuid4(), recipient="mentee",
            effective_at=driver.harness.clock.now(), waits=False,
        )  # fmt: skip
        driver.registration.knows("mentee", change.change_id, email=STRANGER)
        await driver.deliver(change)
    await driver.send()
    assert len(driver.mail.received) == 3
    await days_later(driver)
    assert len(driver.mail.received) == 6


async def test_a_coordinators_mailbox_has_no_quota(driver: NotificationDriver) -> None:
    user = uuid4()
    driver.registration.knows("coordinator", user, email="coordination@exemple.example")
    driver.settings.limit_requests_per_day = 2
    for _ in range(5):
        signed_in = SignInAsked(signin_id=uuid4(), association="tandem_avenir", user_id=user)
        await driver.deliver(signed_in)
    await driver.send()
    assert len(driver.mail.received) == 5


async def test_no_address_is_written_down(driver: NotificationDriver) -> None:
    await driver.deliver(*registration(driver, email=STRANGER))
    await driver.deliver(*registration(driver, phone="+33639981234"))
    await driver.send()
    for table in ("messages", "limit_counts", "sms_days"):
        rows = await driver.harness.pool.fetch(f"SELECT * FROM {table}")
        written = " ".join(str(dict(row)) for row in rows)
        assert rows
        assert "inconnue" not in written
        assert "63998" not in written
