"""Two messages bring a pair together; only then, and once, is it introduced."""

import asyncio
from typing import Any
from uuid import uuid4

from services.notification.domain.introduction import DEADLINE
from services.notification.gateways.configured import configured_gateways
from services.notification.use_cases.send_message import MessageSender
from shared.contracts.events import (
    Event,
    IntroductionFailed,
    MessageFailed,
    MessageSent,
    PairConfirmed,
    PairIntroduced,
    PairUndone,
)
from tests.integration.notification.mail_server import words
from tests.integration.notification.notification_driver import NotificationDriver
from tests.integration.owners import count_unowned, lose_timers


def confirm(driver: NotificationDriver, **mentee: object) -> PairConfirmed:
    pair = PairConfirmed(
        pair_id=uuid4(), request_id=uuid4(), mentee_id=uuid4(), mentor_id=uuid4(),
        association="tandem_avenir", programme="national",
    )  # fmt: skip
    contact = {"first_name": "Inès", "email": "ines@exemple.example", "phone": "+33639980001"}
    driver.registration.knows("mentee", pair.mentee_id, **(contact | mentee))
    driver.registration.knows(
        "mentor", pair.mentor_id, first_name="Karim", email="karim@exemple.example"
    )
    return pair


def of_kind(events: list[Event], kind: type[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


async def take_introductions(driver: NotificationDriver) -> list[PairIntroduced]:
    return [
        event for event in await driver.harness.take_events() if isinstance(event, PairIntroduced)
    ]


async def test_both_are_told_and_the_pair_is_introduced_once(driver: NotificationDriver) -> None:
    pair = confirm(driver)
    await driver.deliver(pair, pair)
    await driver.send()
    events = await driver.harness.take_events()
    assert sorted(type(event).__name__ for event in events) == [
        "MessageSent", "MessageSent", "PairIntroduced",
    ]  # fmt: skip
    assert events[-1] == PairIntroduced(**pair.model_dump())
    [to_mentor] = driver.mail.to("karim@exemple.example")
    [to_mentee] = driver.mail.to("ines@exemple.example")
    assert "ines@exemple.example" in words(to_mentor)
    assert "+33639980001" in words(to_mentor)
    assert "Karim" in words(to_mentee)
    assert "karim@" not in words(to_mentee)


async def test_results_that_arrive_together_introduce_once(driver: NotificationDriver) -> None:
    for _ in range(15):
        await driver.deliver(confirm(driver))
    async with configured_gateways(driver.settings) as gateways:
        senders = [
            MessageSender(driver.harness.runtime, driver.settings, gateways) for _ in range(2)
        ]
        for _ in range(2):  # the mentors first, then those whom they will write to
            messages = await senders[0].claim(30)
            await asyncio.gather(*(senders[i % 2].send(m) for i, m in enumerate(messages)))
    assert len({event.pair_id for event in await take_introductions(driver)}) == 15
    assert await take_introductions(driver) == []


async def test_the_young_person_is_told_once_the_mentor_was_reached(
    driver: NotificationDriver,
) -> None:
    pair = confirm(driver)
    driver.mail.replies["karim@exemple.example"] = "451 4.3.0 Try again"
    await driver.deliver(pair)
    await driver.send()
    assert driver.mail.to("ines@exemple.example") == []
    del driver.mail.replies["karim@exemple.example"]
    await driver.wait_for_pauses()
    await driver.send()
    assert "Karim" in words(driver.mail.to("ines@exemple.example")[0])
    assert [one.pair_id for one in await take_introductions(driver)] == [pair.pair_id]


async def test_a_mentor_whose_server_answers_550_fails_the_introduction(
    driver: NotificationDriver,
) -> None:
    pair = confirm(driver)
    driver.mail.replies["karim@exemple.example"] = "550 5.1.1 No such user"
    await driver.deliver(pair)
    await driver.send()
    events = await driver.harness.take_events()
    [message] = of_kind(events, MessageFailed)
    assert (message.template, message.concerns) == ("pair_introduced_mentor", pair.pair_id)
    [failed] = of_kind(events, IntroductionFailed)
    assert failed == IntroductionFailed(**pair.model_dump(), reason="unreachable", side="mentor")
    assert of_kind(events, PairIntroduced) == []
    assert driver.mail.to("ines@exemple.example") == [], "nobody will write to her"


async def test_a_mentee_whose_server_answers_550_fails_it_too(driver: NotificationDriver) -> None:
    pair = confirm(driver, phone=None)
    driver.mail.replies["ines@exemple.example"] = "550 5.1.1 No such user"
    await driver.deliver(pair)
    await driver.send()
    events = await driver.harness.take_events()
    assert [(one.side, one.reason) for one in of_kind(events, IntroductionFailed)] == [
        ("mentee", "unreachable")
    ]
    assert of_kind(events, PairIntroduced) == []


async def test_what_is_neither_done_nor_failed_by_its_deadline_has_failed(
    driver: NotificationDriver,
) -> None:
    late, done = confirm(driver), confirm(driver)
    await driver.deliver(done)
    await driver.send()
    await driver.deliver(late)
    await driver.claim()  # and the sender dies
    await driver.harness.take_events()
    driver.harness.clock.advance(days=DEADLINE.days)
    assert await driver.harness.fire_due() == 2
    assert await driver.harness.take_events() == [
        IntroductionFailed(**late.model_dump(), reason="deadline", side=None)
    ]


async def test_a_pair_that_was_undone_is_not_introduced_any_more(
    driver: NotificationDriver,
) -> None:
    pair, neighbour = confirm(driver), confirm(driver)
    over = PairUndone(
        **pair.model_dump(), reason="clearance_ended",
        tell=("mentee",),
    )  # fmt: skip
    await driver.deliver(neighbour, over, pair)  # in any order
    await driver.send()
    assert [one.pair_id for one in await take_introductions(driver)] == [neighbour.pair_id]
    [to_mentee] = [
        x for x in driver.mail.to("ines@exemple.example") if "autre mentor" in x["Subject"]
    ]
    assert "Tu gardes ta place" in words(to_mentee)


async def test_a_child_under_15_is_written_to_through_the_guardian(
    driver: NotificationDriver,
) -> None:
    pair = confirm(driver, minor=True, guarded=True)
    driver.registration.knows(
        "guardian", pair.mentee_id, first_name="Nadia", email="nadia@exemple.example"
    )
    await driver.deliver(pair)
    await driver.send()
    [to_mentor] = driver.mail.to("karim@exemple.example")
    assert "nadia@exemple.example" in words(to_mentor)
    assert "passe par son parent" in words(to_mentor)
    assert "ines@exemple.example" not in words(to_mentor)
    assert "+33639980001" not in words(to_mentor)
    [to_mentee] = driver.mail.to("ines@exemple.example")
    assert "écrire à ton parent" in words(to_mentee)


async def test_nobody_is_sent_to_a_mentee_who_cannot_be_reached(driver: NotificationDriver) -> None:
    pair = confirm(driver, email=None, phone=None)
    await driver.deliver(pair)
    await driver.send()
    events = await driver.harness.take_events()
    assert {type(event) for event in events} == {MessageFailed, IntroductionFailed}
    assert [one.side for one in of_kind(events, IntroductionFailed)] == ["mentee"]
    assert driver.mail.received == []


async def test_an_erased_mentee_stops_both_messages_and_no_neighbour(
    driver: NotificationDriver,
) -> None:
    gone, neighbour = confirm(driver), confirm(driver)
    del driver.registration.people["mentee", str(gone.mentee_id)]
    await driver.deliver(gone, neighbour)
    await driver.send()
    events = await driver.harness.take_events()
    failed = [event for event in events if isinstance(event, MessageFailed)]
    assert {event.concerns for event in failed} == {gone.pair_id}
    assert {event.state for event in failed} == {"permanent-failure"}
    sent = [event for event in events if isinstance(event, MessageSent)]
    assert {event.concerns for event in sent} == {neighbour.pair_id}
    assert [event.pair_id for event in events if isinstance(event, PairIntroduced)] == [
        neighbour.pair_id
    ]


async def test_registration_is_asked_with_the_message_as_the_reason(
    driver: NotificationDriver,
) -> None:
    pair = confirm(driver)
    await driver.deliver(pair)
    await driver.send()
    asked = {(q.recipient, q.person, q.purpose) for q in driver.registration.asked}
    assert ("mentee", str(pair.mentee_id), "pair_introduced_mentor") in asked
    assert ("mentor", str(pair.mentor_id), "pair_introduced_mentee") in asked


async def test_what_of_one_half_goes_to_the_other_is_asked_for_with_the_pair(
    driver: NotificationDriver,
) -> None:
    pair = confirm(driver, minor=True, guarded=True)
    driver.registration.knows("guardian", pair.mentee_id, email="nadia@exemple.example")
    await driver.deliver(pair)
    await driver.send()
    asked = {(q.purpose, q.recipient): (q.addressee, q.pair_id) for q in driver.registration.asked}
    to_mentor, to_mentee = (pair.mentor_id, pair.pair_id), (pair.mentee_id, pair.pair_id)
    assert asked == {
        ("pair_introduced_mentor", "mentor"): (None, None),
        ("pair_introduced_mentor", "mentee"): to_mentor,
        ("pair_introduced_mentor", "guardian"): to_mentor,
        ("pair_introduced_mentee", "mentee"): (None, None),
        ("pair_introduced_mentee", "mentor"): to_mentee,
    }


async def test_a_pair_that_registration_does_not_have_yet_waits_without_an_attempt(
    driver: NotificationDriver,
) -> None:
    pair = confirm(driver)
    driver.registration.refuses["pair_introduced_mentor"] = "not_yet"
    await driver.deliver(pair)
    await driver.send()
    row = await _to_mentor(driver)
    assert (row["state"], row["setbacks"], row["reason"]) == ("created", 0, None)
    del driver.registration.refuses["pair_introduced_mentor"]
    await driver.wait_for_pauses()
    await driver.send()
    assert len(await take_introductions(driver)) == 1


async def test_a_pair_that_registration_never_gets_raises_an_alert(
    driver: NotificationDriver,
) -> None:
    pair = confirm(driver)
    driver.registration.refuses["pair_introduced_mentor"] = "not_yet"
    await driver.deliver(pair)
    await driver.send()
    await driver.harness.pool.execute(
        "UPDATE messages SET waiting_since = waiting_since - interval '4 hours', not_before = now()"
    )
    await driver.send()
    failed = [
        event for event in await driver.harness.take_events() if isinstance(event, MessageFailed)
    ]
    assert [(event.template, event.state) for event in failed] == [
        ("pair_introduced_mentor", "technical-failure")
    ]
    assert (await _to_mentor(driver))["reason"] == "pair-unknown"


async def test_a_pair_that_must_not_be_introduced_fails_at_once_without_a_message(
    driver: NotificationDriver,
) -> None:
    pair = confirm(driver)
    driver.registration.refuses["pair_introduced_mentor"] = "not_cleared"
    await driver.deliver(pair)
    await driver.send()
    assert (await _to_mentor(driver))["reason"] == "mentee-not-cleared"
    assert driver.mail.to("karim@exemple.example") == []


async def _to_mentor(driver: NotificationDriver) -> Any:
    return await driver.harness.pool.fetchrow(
        "SELECT * FROM messages WHERE template = 'pair_introduced_mentor'"
    )


async def test_an_introduction_that_lost_its_deadline_is_counted(
    driver: NotificationDriver,
) -> None:
    await driver.deliver(confirm(driver))
    assert await count_unowned(driver.harness) == {}
    await lose_timers(driver.harness)
    assert await count_unowned(driver.harness) == {"introductions": 1}
    await driver.send()
    assert await count_unowned(driver.harness) == {}
