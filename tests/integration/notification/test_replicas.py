"""Several replicas share the work, and connections are used again."""

import asyncio
from collections import Counter
from uuid import uuid4

from services.notification.service import SERVICE
from services.notification.use_cases.reconcile_messages import reconcile_interrupted
from services.notification.use_cases.send_due_messages import send_messages
from shared.contracts.events import MenteeRegistered
from tests.integration.notification.notification_driver import NotificationDriver
from tests.support.service_harness import set_up

INTENTS = 200


async def acknowledge(driver: NotificationDriver, count: int) -> None:
    now = driver.harness.clock.now()
    for number in range(count):
        event = MenteeRegistered(
            request_id=uuid4(), mentee_id=uuid4(), door="import", registered_at=now
        )
        address = f"jeune{number}@exemple.example"
        driver.registration.knows("mentee", event.mentee_id, first_name="Inès", email=address)
        await driver.deliver(event)


async def test_two_replicas_send_two_hundred_messages_once_each(driver: NotificationDriver) -> None:
    other = await set_up(SERVICE, driver.harness.pool, driver.harness.clock)
    other.runtime.rpc_client = driver.registration  # type: ignore[assignment]  # a stand-in
    replicas = [driver.harness.runtime, other.runtime]
    workers = [
        asyncio.create_task(worker(runtime))
        for runtime in replicas
        for worker in (send_messages, reconcile_interrupted)
    ]
    await acknowledge(driver, INTENTS)
    await driver.until(lambda states: states == {"delivered": INTENTS})
    for runtime in replicas:
        runtime.stopping.set()
    await asyncio.gather(*workers)
    await other.client.aclose()
    assert len(driver.mail.received) == INTENTS
    assert set(Counter(mail["To"] for mail in driver.mail.received).values()) == {1}
    assert len(await driver.harness.take_events()) == INTENTS
    sent = [
        runtime.metrics.registry.get_sample_value(
            "binome_notification_deliveries_total",
            {"template": "mentee_registered", "channel": "mail", "state": "delivered"},
        )
        for runtime in replicas
    ]
    assert sum(count or 0 for count in sent) == INTENTS
    assert all(sent), "both replicas took part"


async def test_a_connection_is_used_again_and_a_dead_one_replaced(
    driver: NotificationDriver,
) -> None:
    driver.settings.notification_parallel = 1
    await acknowledge(driver, 5)
    await driver.send()
    assert driver.mail.connections == 1
    driver.mail.per_connection = 2
    await acknowledge(driver, 4)
    await driver.send()
    assert len(driver.mail.received) == 9
    assert driver.mail.connections == 3


async def test_what_is_in_hand_is_finished_before_the_end(driver: NotificationDriver) -> None:
    await acknowledge(driver, 8)
    driver.mail.slow_seconds = 0.3
    worker = asyncio.create_task(send_messages(driver.harness.runtime))
    await driver.until(lambda states: "sending" in states)
    driver.harness.runtime.stopping.set()
    await worker
    assert set(await driver.states()) <= {"delivered", "created"}
    assert len(driver.mail.received) == (await driver.states())["delivered"]
