"""What a mail server may answer, and what becomes of the message then."""

from uuid import uuid4

import pytest

from shared.contracts.events import MenteeRegistered, MessageFailed, MessageSent
from tests.integration.notification.mail_server import words
from tests.integration.notification.notification_driver import NotificationDriver

ADDRESS = "ines@exemple.example"


async def acknowledge(driver: NotificationDriver, **contact: object) -> MenteeRegistered:
    event = MenteeRegistered(
        request_id=uuid4(), mentee_id=uuid4(), door="page", registered_at=driver.harness.clock.now()
    )
    contact_fields = {"first_name": "Inès", "email": ADDRESS} | contact
    driver.registration.knows("mentee", event.mentee_id, **contact_fields)
    await driver.deliver(event)
    return event


@pytest.mark.parametrize("reply", ["550 5.1.1 No such user", "data:554 5.7.1 Not accepted"])
async def test_refused_by_mail_it_goes_by_sms(driver: NotificationDriver, reply: str) -> None:
    await acknowledge(driver, phone="+33639980001")
    driver.mail.replies[ADDRESS] = reply
    await driver.send()
    [sent] = await driver.harness.take_events()
    assert isinstance(sent, MessageSent)
    assert sent.channel == "sms"
    [sms] = await driver.sms()
    assert sms["To"] == "+33639980001"
    assert "ta demande est bien arrivée" in sms.get_content()
    assert driver.mail.received == []


async def test_without_a_mail_address_it_goes_by_sms(driver: NotificationDriver) -> None:
    await acknowledge(driver, email=None, phone="+33639980001")
    await driver.send()
    assert [event.channel for event in await driver.harness.take_events()] == ["sms"]  # type: ignore[attr-defined]  # events of one class


async def test_refused_with_no_other_way_it_has_failed_for_good(driver: NotificationDriver) -> None:
    await acknowledge(driver)
    driver.mail.replies[ADDRESS] = "550 5.1.1 No such user"
    await driver.send()
    [failed] = await driver.harness.take_events()
    assert isinstance(failed, MessageFailed)
    assert (failed.state, failed.channel) == ("permanent-failure", "mail")
    assert await driver.reasons() == {"smtp-550"}


@pytest.mark.parametrize("reply", ["451 4.3.0 Try later", "data:452 4.2.2 Mailbox full"])
async def test_deferred_it_is_tried_again_until_the_server_takes_it(
    driver: NotificationDriver, reply: str
) -> None:
    await acknowledge(driver)
    driver.mail.replies[ADDRESS] = reply
    await driver.send()
    assert await driver.states() == {"temporary-failure": 1}
    driver.mail.replies.clear()
    await driver.wait_for_pauses()
    await driver.send()
    assert await driver.states() == {"delivered": 1}
    assert len(driver.mail.received) == 1
    assert [type(event) for event in await driver.harness.take_events()] == [MessageSent]


async def test_deferred_for_ever_it_ends_as_a_technical_failure(driver: NotificationDriver) -> None:
    await acknowledge(driver)
    driver.mail.replies[ADDRESS] = "451 4.3.0 Try later"
    for _ in range(driver.settings.notification_retry_limit):
        await driver.send()
        await driver.wait_for_pauses()
    [failed] = await driver.harness.take_events()
    assert isinstance(failed, MessageFailed)
    assert failed.state == "technical-failure"


async def test_a_server_that_is_away_costs_a_pause_and_no_message(
    driver: NotificationDriver,
) -> None:
    await acknowledge(driver)
    await driver.mail.stop()
    await driver.send()
    assert await driver.states() == {"temporary-failure": 1}
    assert await driver.harness.take_events() == []


async def test_a_silent_registration_is_no_fault_of_the_message(driver: NotificationDriver) -> None:
    await acknowledge(driver)
    driver.registration.silent = True
    for _ in range(driver.settings.notification_retry_limit + 2):
        await driver.wait_for_pauses()
        await driver.send()
    assert await driver.states() == {"created": 1}
    driver.registration.silent = False
    await driver.wait_for_pauses()
    await driver.send()
    assert await driver.states() == {"delivered": 1}


async def test_an_address_that_would_break_a_header_is_refused(driver: NotificationDriver) -> None:
    await acknowledge(driver, email=f"{ADDRESS}\r\nBcc: tous@exemple.example")
    await acknowledge(driver, email="ok@exemple.example")
    await driver.send()
    assert [mail["To"] for mail in driver.mail.received] == ["ok@exemple.example"]
    assert await driver.states() == {"permanent-failure": 1, "delivered": 1}
    assert await driver.reasons() == {"unsafe-address", None}


async def test_an_address_in_another_script_is_written_to(driver: NotificationDriver) -> None:
    await acknowledge(driver, email="inès@exemple.example")
    await driver.send()
    assert await driver.states() == {"delivered": 1}


async def test_who_has_no_address_at_all_is_settled(driver: NotificationDriver) -> None:
    await acknowledge(driver, email=None)
    await driver.send()
    assert await driver.states() == {"permanent-failure": 1}
    assert await driver.reasons() == {"no-address"}


async def test_a_child_without_an_address_is_reached_through_the_guardian(
    driver: NotificationDriver,
) -> None:
    event = await acknowledge(driver, email=None, minor=True)
    driver.registration.knows("guardian", event.mentee_id, email="nadia@exemple.example")
    await driver.send()
    [mail] = driver.mail.to("nadia@exemple.example")
    assert "Bonjour Inès" in words(mail)


async def test_results_are_counted_by_template_channel_and_state(
    driver: NotificationDriver,
) -> None:
    await acknowledge(driver)
    await driver.send()
    value = driver.harness.runtime.metrics.registry.get_sample_value(
        "binome_notification_deliveries_total",
        {"template": "mentee_registered", "channel": "mail", "state": "delivered"},
    )
    assert value == 1
