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
from tests.integration.notification.post import Post


class PowerCut(Exception):
    """The process is gone."""


class Cut:
    """A gateway whose process dies before or after the parcel is given away."""

    status_lag_seconds = 0.0

    def __init__(self, real: MessageGateway, *, sends: bool) -> None:
        self._real = real
        self._sends = sends

    async def send(self, parcel: OutgoingMessage) -> SendResult:
        if self._sends:
            await self._real.send(parcel)
        raise PowerCut

    async def find(self, reference: UUID) -> DeliveryStatus:
        return await self._real.find(reference)

    async def close(self) -> None:
        await self._real.close()


async def acknowledge(post: Post, address: str = "ines@exemple.example") -> MenteeRegistered:
    event = MenteeRegistered(
        request_id=uuid4(), mentee_id=uuid4(), door="page", registered_at=post.stage.clock.now()
    )
    post.registration.knows("mentee", event.mentee_id, first_name="Inès", email=address)
    await post.tell(event)
    return event


async def cut(post: Post, real: Gateways, *, sends: bool) -> None:
    await post.send({name: Cut(carrier, sends=sends) for name, carrier in real.items()})


@pytest.fixture
async def neighbour(post: Post) -> None:
    """A mail that arrived well before: the mailbox is known to keep mails."""
    await acknowledge(post, "avant@exemple.example")
    await post.send()
    await post.stage.take_events()


@pytest.fixture
def plain_smtp(post: Post) -> None:
    """A mail server that cannot be asked."""
    post.settings.mailbox_dir = None
    post.settings.sms_provider = "brevo"


@pytest.mark.usefixtures("neighbour")
async def test_before_the_hand_over_it_is_certainly_sent_afterwards(post: Post) -> None:
    await acknowledge(post)
    await post.claim()
    assert await post.settle() == 0  # its sender may still be at work
    await post.lapse()
    assert await post.settle() == 1
    await post.send()
    assert len(post.mail.to("ines@exemple.example")) == 1
    assert [type(event) for event in await post.stage.take_events()] == [MessageSent]


@pytest.mark.usefixtures("plain_smtp")
async def test_before_the_hand_over_plain_smtp_needs_nobody_to_ask(post: Post) -> None:
    await acknowledge(post)
    await post.claim()
    await post.lapse()
    await post.settle()
    await post.send()
    assert await post.states() == {"delivered": 1}


@pytest.mark.usefixtures("neighbour")
@pytest.mark.parametrize("sends", [False, True], ids=["before sending", "before the result"])
async def test_the_mailbox_tells_what_became_of_it(post: Post, sends: bool) -> None:
    event = await acknowledge(post)
    async with configured_gateways(post.settings) as real:
        await cut(post, real, sends=sends)
    await post.send()
    await post.settle()
    assert len(post.mail.to("ines@exemple.example")) == int(sends)  # held until its lease is over
    await post.lapse()
    await post.settle()
    await post.wait_for_pauses()
    await post.send()
    assert len(post.mail.to("ines@exemple.example")) == 1
    [sent] = await post.stage.take_events()
    assert isinstance(sent, MessageSent)
    assert sent.concerns == event.request_id
    assert await post.states() == {"delivered": 2}


@pytest.mark.usefixtures("plain_smtp")
@pytest.mark.parametrize("sends", [False, True], ids=["before sending", "before the result"])
async def test_plain_smtp_cannot_tell_so_a_human_must(post: Post, sends: bool) -> None:
    await acknowledge(post)
    async with configured_gateways(post.settings) as real:
        await cut(post, real, sends=sends)
    await post.lapse()
    await post.settle()
    await post.wait_for_pauses()
    await post.send()
    await post.settle()
    assert len(post.mail.received) == int(sends)
    [failed] = await post.stage.take_events()
    assert isinstance(failed, MessageFailed)
    assert failed.state == "unknown"
    assert await post.states() == {"unknown": 1}
    waiting = post.stage.service.outstanding["messages_unknown"]
    assert await post.stage.pool.fetchval(waiting) == 1


@pytest.mark.usefixtures("plain_smtp")
async def test_a_sender_that_wakes_up_too_late_sends_nothing(post: Post) -> None:
    await acknowledge(post)
    [asleep] = await post.claim()
    await post.lapse()
    await post.settle()
    await post.send()
    await post.dispatch(asleep)
    assert len(post.mail.received) == 1
    assert len(await post.stage.take_events()) == 1


@pytest.mark.usefixtures("neighbour")
async def test_an_answer_that_is_lost_is_looked_for(post: Post) -> None:
    await acknowledge(post)
    post.mail.answer_lost = True
    await post.send()
    assert await post.states() == {"delivered": 1, "sending": 1}
    post.mail.answer_lost = False
    await post.lapse()
    await post.settle()
    assert await post.states() == {"delivered": 2}
    assert len(post.mail.to("ines@exemple.example")) == 1


@pytest.mark.usefixtures("neighbour")
async def test_an_answer_that_comes_after_the_time_limit_counts_once(post: Post) -> None:
    await acknowledge(post)
    post.settings.notification_send_timeout = 4
    post.mail.slow_seconds = 5
    await post.send()
    assert len(post.mail.to("ines@exemple.example")) == 1  # kept, and nobody heard
    post.mail.slow_seconds = 0.0
    await post.lapse()
    await post.settle()
    await post.send()
    assert len(post.mail.to("ines@exemple.example")) == 1
    assert await post.states() == {"delivered": 2}


async def test_a_mailbox_that_keeps_no_mails_does_not_claim_to_know(post: Post) -> None:
    """SMS lie in the folder, mails go elsewhere: absence there would prove nothing."""
    post.mail.folder = None
    await acknowledge(post)
    async with configured_gateways(post.settings) as real:
        await cut(post, real, sends=True)
    await post.lapse()
    await post.settle()
    assert await post.states() == {"unknown": 1}
    assert len(post.mail.received) == 1


@pytest.mark.usefixtures("neighbour")
async def test_a_message_that_kills_every_sender_ends_as_a_failure(post: Post) -> None:
    await acknowledge(post)
    async with configured_gateways(post.settings) as real:
        for _ in range(post.settings.notification_retry_limit):
            await cut(post, real, sends=False)
            await post.lapse()
            await post.settle()
            await post.wait_for_pauses()
    [failed] = await post.stage.take_events()
    assert isinstance(failed, MessageFailed)
    assert failed.state == "technical-failure"


async def test_a_second_result_changes_nothing(post: Post) -> None:
    """The settler and a sender that came back both have an answer: the first one stands."""
    await acknowledge(post)
    async with configured_gateways(post.settings) as real:
        dispatch = MessageSender(post.stage.runtime, post.settings, real)
        [message] = await dispatch.claim(1)
        await dispatch.send(message)
        assert isinstance(message, Message)
        results = dispatch.results
        assert not await results.record_delivered(message, "mail")
        assert not await results.record_failed(message, "mail", "unknown", "interrupted")
    assert len(await post.stage.take_events()) == 1
