"""A crash in every window: found, settled, never blindly sent again."""

from uuid import UUID, uuid4

import pytest

from services.notification.domain.message import Message
from services.notification.domain.outgoing_message import OutgoingMessage
from services.notification.gateways.configured import Gateways, configured_gateways
from services.notification.gateways.message_gateway import (
    DeliveryStatus,
    MessageGateway,
    SendResult,
)
from services.notification.use_cases.send_message import MessageSender
from shared.contracts.events import MenteeRegistered, MessageFailed, MessageSent
from tests.integration.notification.notification_driver import NotificationDriver


class PowerCut(Exception):
    """The process is gone."""


class Cut:
    """A gateway whose process dies before or after the message is submitted."""

    status_lag_seconds = 0.0

    def __init__(self, real: MessageGateway, *, sends: bool) -> None:
        self._real = real
        self._sends = sends

    async def send(self, message: OutgoingMessage) -> SendResult:
        if self._sends:
            await self._real.send(message)
        raise PowerCut

    async def find(self, reference: UUID) -> DeliveryStatus:
        return await self._real.find(reference)

    async def close(self) -> None:
        await self._real.close()


async def acknowledge(
    driver: NotificationDriver, address: str = "ines@exemple.example"
) -> MenteeRegistered:
    event = MenteeRegistered(
        request_id=uuid4(), mentee_id=uuid4(), door="page", registered_at=driver.harness.clock.now()
    )
    driver.registration.knows("mentee", event.mentee_id, first_name="Inès", email=address)
    await driver.deliver(event)
    return event


async def cut(driver: NotificationDriver, real: Gateways, *, sends: bool) -> None:
    await driver.send({name: Cut(gateway, sends=sends) for name, gateway in real.items()})


@pytest.fixture
async def neighbour(driver: NotificationDriver) -> None:
    """A mail that arrived well before: the mailbox is known to keep mails."""
    await acknowledge(driver, "avant@exemple.example")
    await driver.send()
    await driver.harness.take_events()


@pytest.fixture
def plain_smtp(driver: NotificationDriver) -> None:
    """A mail server that cannot be asked."""
    driver.settings.mailbox_dir = None
    driver.settings.sms_provider = "brevo"


@pytest.mark.usefixtures("neighbour")
async def test_before_the_hand_over_it_is_certainly_sent_afterwards(
    driver: NotificationDriver,
) -> None:
    await acknowledge(driver)
    await driver.claim()
    assert await driver.reconcile() == 0  # its sender may still be at work
    await driver.lapse()
    assert await driver.reconcile() == 1
    await driver.send()
    assert len(driver.mail.to("ines@exemple.example")) == 1
    assert [type(event) for event in await driver.harness.take_events()] == [MessageSent]


@pytest.mark.usefixtures("plain_smtp")
async def test_before_the_hand_over_plain_smtp_needs_nobody_to_ask(
    driver: NotificationDriver,
) -> None:
    await acknowledge(driver)
    await driver.claim()
    await driver.lapse()
    await driver.reconcile()
    await driver.send()
    assert await driver.states() == {"delivered": 1}


@pytest.mark.usefixtures("neighbour")
@pytest.mark.parametrize("sends", [False, True], ids=["before sending", "before the result"])
async def test_the_mailbox_knows_what_was_delivered(
    driver: NotificationDriver, sends: bool
) -> None:
    event = await acknowledge(driver)
    async with configured_gateways(driver.settings) as real:
        await cut(driver, real, sends=sends)
    await driver.send()
    await driver.reconcile()
    assert len(driver.mail.to("ines@exemple.example")) == int(sends)  # held until its lease is over
    await driver.lapse()
    await driver.reconcile()
    await driver.wait_for_pauses()
    await driver.send()
    assert len(driver.mail.to("ines@exemple.example")) == 1
    [sent] = await driver.harness.take_events()
    assert isinstance(sent, MessageSent)
    assert sent.concerns == event.request_id
    assert await driver.states() == {"delivered": 2}


@pytest.mark.usefixtures("plain_smtp")
@pytest.mark.parametrize("sends", [False, True], ids=["before sending", "before the result"])
async def test_plain_smtp_cannot_decide_so_an_alert_is_raised(
    driver: NotificationDriver, sends: bool
) -> None:
    await acknowledge(driver)
    async with configured_gateways(driver.settings) as real:
        await cut(driver, real, sends=sends)
    await driver.lapse()
    await driver.reconcile()
    await driver.wait_for_pauses()
    await driver.send()
    await driver.reconcile()
    assert len(driver.mail.received) == int(sends)
    [failed] = await driver.harness.take_events()
    assert isinstance(failed, MessageFailed)
    assert failed.state == "unknown"
    assert await driver.states() == {"unknown": 1}
    waiting = driver.harness.service.outstanding["messages_unknown"]
    assert await driver.harness.pool.fetchval(waiting) == 1


@pytest.mark.usefixtures("plain_smtp")
async def test_a_sender_that_wakes_up_too_late_sends_nothing(driver: NotificationDriver) -> None:
    await acknowledge(driver)
    [asleep] = await driver.claim()
    await driver.lapse()
    await driver.reconcile()
    await driver.send()
    await driver.dispatch(asleep)
    assert len(driver.mail.received) == 1
    assert len(await driver.harness.take_events()) == 1


@pytest.mark.usefixtures("neighbour")
async def test_an_answer_that_is_lost_is_looked_for(driver: NotificationDriver) -> None:
    await acknowledge(driver)
    driver.mail.answer_lost = True
    await driver.send()
    assert await driver.states() == {"delivered": 1, "sending": 1}
    driver.mail.answer_lost = False
    await driver.lapse()
    await driver.reconcile()
    assert await driver.states() == {"delivered": 2}
    assert len(driver.mail.to("ines@exemple.example")) == 1


@pytest.mark.usefixtures("neighbour")
async def test_an_answer_that_comes_after_the_time_limit_counts_once(
    driver: NotificationDriver,
) -> None:
    await acknowledge(driver)
    driver.settings.notification_send_timeout = 4
    driver.mail.slow_seconds = 5
    await driver.send()
    assert len(driver.mail.to("ines@exemple.example")) == 1  # accepted, but the reply was lost
    driver.mail.slow_seconds = 0.0
    await driver.lapse()
    await driver.reconcile()
    await driver.send()
    assert len(driver.mail.to("ines@exemple.example")) == 1
    assert await driver.states() == {"delivered": 2}


async def test_a_mailbox_that_keeps_no_mails_does_not_claim_to_know(
    driver: NotificationDriver,
) -> None:
    """SMS lie in the folder, mails go elsewhere: absence there would prove nothing."""
    driver.mail.folder = None
    await acknowledge(driver)
    async with configured_gateways(driver.settings) as real:
        await cut(driver, real, sends=True)
    await driver.lapse()
    await driver.reconcile()
    assert await driver.states() == {"unknown": 1}
    assert len(driver.mail.received) == 1


@pytest.mark.usefixtures("neighbour")
async def test_a_message_that_kills_every_sender_ends_as_a_failure(
    driver: NotificationDriver,
) -> None:
    await acknowledge(driver)
    async with configured_gateways(driver.settings) as real:
        for _ in range(driver.settings.notification_retry_limit):
            await cut(driver, real, sends=False)
            await driver.lapse()
            await driver.reconcile()
            await driver.wait_for_pauses()
    [failed] = await driver.harness.take_events()
    assert isinstance(failed, MessageFailed)
    assert failed.state == "technical-failure"


async def test_a_second_result_changes_nothing(driver: NotificationDriver) -> None:
    """The reconciler and a returning sender both have a result: the first one counts."""
    await acknowledge(driver)
    async with configured_gateways(driver.settings) as real:
        dispatch = MessageSender(driver.harness.runtime, driver.settings, real)
        [message] = await dispatch.claim(1)
        await dispatch.send(message)
        assert isinstance(message, Message)
        results = dispatch.results
        assert not await results.record_delivered(message, "mail")
        assert not await results.record_failed(message, "mail", "unknown", "interrupted")
    assert len(await driver.harness.take_events()) == 1
