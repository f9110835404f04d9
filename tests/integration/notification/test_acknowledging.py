"""The first thing a young person gets: at once, once, with the link."""

from uuid import uuid4

from shared.contracts.events import MenteeRegistered, MessageSent
from tests.integration.notification.mail_server import words
from tests.integration.notification.notification_driver import NotificationDriver


def registration(driver: NotificationDriver) -> MenteeRegistered:
    event = MenteeRegistered(
        request_id=uuid4(), mentee_id=uuid4(), door="page", registered_at=driver.harness.clock.now()
    )
    driver.registration.knows(
        "mentee", event.mentee_id, first_name="Inès", email="ines@exemple.example"
    )
    return event


async def test_a_registration_is_acknowledged_by_a_mail_with_the_tracking_link(
    driver: NotificationDriver,
) -> None:
    event = registration(driver)
    await driver.deliver(event)
    await driver.send()
    [mail] = driver.mail.received
    assert mail["To"] == "ines@exemple.example"
    assert mail["Subject"] == "Ta demande est bien arrivée"
    link = driver.harness.runtime.links.url("request", event.request_id)
    assert words(mail).count(link) == 4  # in the text; on the button, below it, and under that
    [sent] = await driver.harness.take_events()
    assert isinstance(sent, MessageSent)
    assert sent.concerns == event.request_id
    assert mail["X-Binome-Message-Id"] == str(sent.message_id)
    assert await driver.states() == {"delivered": 1}


async def test_a_repeated_event_is_acknowledged_once(driver: NotificationDriver) -> None:
    event = registration(driver)
    await driver.deliver(event, event)
    await driver.send()
    await driver.deliver(event)
    await driver.send()
    assert len(driver.mail.received) == 1
    assert len(await driver.harness.take_events()) == 1
