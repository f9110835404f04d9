"""What a mail server may answer, and what becomes of the message then."""

from uuid import uuid4

import pytest

from shared.contracts.events import MenteeRegistered, MessageFailed, MessageSent
from tests.integration.notification.mail_server import words
from tests.integration.notification.post import Post

ADDRESS = "ines@exemple.example"


async def acknowledge(post: Post, **contact: object) -> MenteeRegistered:
    event = MenteeRegistered(
        request_id=uuid4(), mentee_id=uuid4(), door="page", registered_at=post.stage.clock.now()
    )
    known = {"first_name": "Inès", "email": ADDRESS} | contact
    post.registration.knows("mentee", event.mentee_id, **known)
    await post.tell(event)
    return event


@pytest.mark.parametrize("reply", ["550 5.1.1 No such user", "data:554 5.7.1 Not accepted"])
async def test_refused_by_mail_it_goes_by_sms(post: Post, reply: str) -> None:
    await acknowledge(post, phone="+33639980001")
    post.mail.replies[ADDRESS] = reply
    await post.send()
    [sent] = await post.stage.take_events()
    assert isinstance(sent, MessageSent)
    assert sent.channel == "sms"
    [sms] = await post.sms()
    assert sms["To"] == "+33639980001"
    assert "ta demande est bien arrivée" in sms.get_content()
    assert post.mail.received == []


async def test_without_a_mail_address_it_goes_by_sms(post: Post) -> None:
    await acknowledge(post, email=None, phone="+33639980001")
    await post.send()
    assert [event.channel for event in await post.stage.take_events()] == ["sms"]  # type: ignore[attr-defined]  # events of one class


async def test_refused_with_no_other_way_it_has_failed_for_good(post: Post) -> None:
    await acknowledge(post)
    post.mail.replies[ADDRESS] = "550 5.1.1 No such user"
    await post.send()
    [failed] = await post.stage.take_events()
    assert isinstance(failed, MessageFailed)
    assert (failed.state, failed.channel) == ("permanent-failure", "mail")
    assert await post.reasons() == {"smtp-550"}


@pytest.mark.parametrize("reply", ["451 4.3.0 Try later", "data:452 4.2.2 Mailbox full"])
async def test_deferred_it_is_tried_again_until_the_server_takes_it(post: Post, reply: str) -> None:
    await acknowledge(post)
    post.mail.replies[ADDRESS] = reply
    await post.send()
    assert await post.states() == {"temporary-failure": 1}
    post.mail.replies.clear()
    await post.wait_for_pauses()
    await post.send()
    assert await post.states() == {"delivered": 1}
    assert len(post.mail.received) == 1
    assert [type(event) for event in await post.stage.take_events()] == [MessageSent]


async def test_deferred_for_ever_it_ends_as_a_technical_failure(post: Post) -> None:
    await acknowledge(post)
    post.mail.replies[ADDRESS] = "451 4.3.0 Try later"
    for _ in range(post.settings.notification_retry_limit):
        await post.send()
        await post.wait_for_pauses()
    [failed] = await post.stage.take_events()
    assert isinstance(failed, MessageFailed)
    assert failed.state == "technical-failure"


async def test_a_server_that_is_away_costs_a_pause_and_no_message(post: Post) -> None:
    await acknowledge(post)
    await post.mail.stop()
    await post.send()
    assert await post.states() == {"temporary-failure": 1}
    assert await post.stage.take_events() == []


async def test_a_silent_registration_is_no_fault_of_the_message(post: Post) -> None:
    await acknowledge(post)
    post.registration.silent = True
    for _ in range(post.settings.notification_retry_limit + 2):
        await post.wait_for_pauses()
        await post.send()
    assert await post.states() == {"created": 1}
    post.registration.silent = False
    await post.wait_for_pauses()
    await post.send()
    assert await post.states() == {"delivered": 1}


async def test_an_address_that_would_break_a_header_is_refused(post: Post) -> None:
    await acknowledge(post, email=f"{ADDRESS}\r\nBcc: tous@exemple.example")
    await acknowledge(post, email="ok@exemple.example")
    await post.send()
    assert [mail["To"] for mail in post.mail.received] == ["ok@exemple.example"]
    assert await post.states() == {"permanent-failure": 1, "delivered": 1}
    assert await post.reasons() == {"unsafe-address", None}


async def test_an_address_in_another_script_is_written_to(post: Post) -> None:
    await acknowledge(post, email="inès@exemple.example")
    await post.send()
    assert await post.states() == {"delivered": 1}


async def test_who_has_no_address_at_all_is_settled(post: Post) -> None:
    await acknowledge(post, email=None)
    await post.send()
    assert await post.states() == {"permanent-failure": 1}
    assert await post.reasons() == {"no-address"}


async def test_a_child_without_an_address_is_reached_through_the_guardian(post: Post) -> None:
    event = await acknowledge(post, email=None, minor=True)
    post.registration.knows("guardian", event.mentee_id, email="nadia@exemple.example")
    await post.send()
    [mail] = post.mail.to("nadia@exemple.example")
    assert "Bonjour Inès" in words(mail)


async def test_results_are_counted_by_template_channel_and_state(post: Post) -> None:
    await acknowledge(post)
    await post.send()
    value = post.stage.runtime.metrics.registry.get_sample_value(
        "binome_notification_deliveries_total",
        {"template": "mentee_registered", "channel": "mail", "state": "delivered"},
    )
    assert value == 1
