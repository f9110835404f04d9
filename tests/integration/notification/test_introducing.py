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
from tests.integration.notification.post import Post
from tests.integration.owners import lose_timers, unowned


def confirmed(post: Post, **mentee: object) -> PairConfirmed:
    pair = PairConfirmed(
        pair_id=uuid4(), request_id=uuid4(), mentee_id=uuid4(), mentor_id=uuid4(),
        association="tandem_avenir", programme="national",
    )  # fmt: skip
    known = {"first_name": "Inès", "email": "ines@exemple.example", "phone": "+33639980001"}
    post.registration.knows("mentee", pair.mentee_id, **(known | mentee))
    post.registration.knows(
        "mentor", pair.mentor_id, first_name="Karim", email="karim@exemple.example"
    )
    return pair


def of_kind(events: list[Event], kind: type[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


async def introduced(post: Post) -> list[PairIntroduced]:
    return [event for event in await post.stage.take_events() if isinstance(event, PairIntroduced)]


async def test_both_are_told_and_the_pair_is_introduced_once(post: Post) -> None:
    pair = confirmed(post)
    await post.tell(pair, pair)
    await post.send()
    events = await post.stage.take_events()
    assert sorted(type(event).__name__ for event in events) == [
        "MessageSent", "MessageSent", "PairIntroduced",
    ]  # fmt: skip
    assert events[-1] == PairIntroduced(**pair.model_dump())
    [to_mentor] = post.mail.to("karim@exemple.example")
    [to_mentee] = post.mail.to("ines@exemple.example")
    assert "ines@exemple.example" in words(to_mentor)
    assert "+33639980001" in words(to_mentor)
    assert "Karim" in words(to_mentee)
    assert "karim@" not in words(to_mentee)


async def test_results_that_arrive_together_introduce_once(post: Post) -> None:
    for _ in range(15):
        await post.tell(confirmed(post))
    async with configured_gateways(post.settings) as gateways:
        senders = [MessageSender(post.stage.runtime, post.settings, gateways) for _ in range(2)]
        for _ in range(2):  # the mentors first, then those whom they will write to
            messages = await senders[0].claim(30)
            await asyncio.gather(*(senders[i % 2].send(m) for i, m in enumerate(messages)))
    assert len({event.pair_id for event in await introduced(post)}) == 15
    assert await introduced(post) == []


async def test_the_young_person_is_told_once_the_mentor_was_reached(post: Post) -> None:
    pair = confirmed(post)
    post.mail.replies["karim@exemple.example"] = "451 4.3.0 Try again"
    await post.tell(pair)
    await post.send()
    assert post.mail.to("ines@exemple.example") == []
    del post.mail.replies["karim@exemple.example"]
    await post.wait_for_pauses()
    await post.send()
    assert "Karim" in words(post.mail.to("ines@exemple.example")[0])
    assert [one.pair_id for one in await introduced(post)] == [pair.pair_id]


async def test_a_mentor_whose_server_answers_550_fails_the_introduction(post: Post) -> None:
    pair = confirmed(post)
    post.mail.replies["karim@exemple.example"] = "550 5.1.1 No such user"
    await post.tell(pair)
    await post.send()
    events = await post.stage.take_events()
    [message] = of_kind(events, MessageFailed)
    assert (message.template, message.concerns) == ("pair_introduced_mentor", pair.pair_id)
    [failed] = of_kind(events, IntroductionFailed)
    assert failed == IntroductionFailed(**pair.model_dump(), reason="unreachable", side="mentor")
    assert of_kind(events, PairIntroduced) == []
    assert post.mail.to("ines@exemple.example") == [], "nobody will write to her"


async def test_a_mentee_whose_server_answers_550_fails_it_too(post: Post) -> None:
    pair = confirmed(post, phone=None)
    post.mail.replies["ines@exemple.example"] = "550 5.1.1 No such user"
    await post.tell(pair)
    await post.send()
    events = await post.stage.take_events()
    assert [(one.side, one.reason) for one in of_kind(events, IntroductionFailed)] == [
        ("mentee", "unreachable")
    ]
    assert of_kind(events, PairIntroduced) == []


async def test_what_is_neither_done_nor_failed_by_its_deadline_has_failed(post: Post) -> None:
    late, done = confirmed(post), confirmed(post)
    await post.tell(done)
    await post.send()
    await post.tell(late)
    await post.claim()  # and the sender dies
    await post.stage.take_events()
    post.stage.clock.advance(days=DEADLINE.days)
    assert await post.stage.fire_due() == 2
    assert await post.stage.take_events() == [
        IntroductionFailed(**late.model_dump(), reason="deadline", side=None)
    ]


async def test_a_pair_that_was_undone_is_not_introduced_any_more(post: Post) -> None:
    pair, neighbour = confirmed(post), confirmed(post)
    over = PairUndone(
        **pair.model_dump(), reason="clearance_ended",
        tell=("mentee",),
    )  # fmt: skip
    await post.tell(neighbour, over, pair)  # told in any order
    await post.send()
    assert [one.pair_id for one in await introduced(post)] == [neighbour.pair_id]
    [to_mentee] = [
        x for x in post.mail.to("ines@exemple.example") if "autre mentor" in x["Subject"]
    ]
    assert "Tu gardes ta place" in words(to_mentee)


async def test_a_child_under_15_is_written_to_through_the_guardian(post: Post) -> None:
    pair = confirmed(post, minor=True, guarded=True)
    post.registration.knows(
        "guardian", pair.mentee_id, first_name="Nadia", email="nadia@exemple.example"
    )
    await post.tell(pair)
    await post.send()
    [to_mentor] = post.mail.to("karim@exemple.example")
    assert "nadia@exemple.example" in words(to_mentor)
    assert "passe par son parent" in words(to_mentor)
    assert "ines@exemple.example" not in words(to_mentor)
    assert "+33639980001" not in words(to_mentor)
    [to_mentee] = post.mail.to("ines@exemple.example")
    assert "écrire à ton parent" in words(to_mentee)


async def test_nobody_is_sent_to_a_mentee_who_cannot_be_reached(post: Post) -> None:
    pair = confirmed(post, email=None, phone=None)
    await post.tell(pair)
    await post.send()
    events = await post.stage.take_events()
    assert {type(event) for event in events} == {MessageFailed, IntroductionFailed}
    assert [one.side for one in of_kind(events, IntroductionFailed)] == ["mentee"]
    assert post.mail.received == []


async def test_an_erased_mentee_stops_both_messages_and_no_neighbour(post: Post) -> None:
    gone, neighbour = confirmed(post), confirmed(post)
    del post.registration.people["mentee", str(gone.mentee_id)]
    await post.tell(gone, neighbour)
    await post.send()
    events = await post.stage.take_events()
    failed = [event for event in events if isinstance(event, MessageFailed)]
    assert {event.concerns for event in failed} == {gone.pair_id}
    assert {event.state for event in failed} == {"permanent-failure"}
    sent = [event for event in events if isinstance(event, MessageSent)]
    assert {event.concerns for event in sent} == {neighbour.pair_id}
    assert [event.pair_id for event in events if isinstance(event, PairIntroduced)] == [
        neighbour.pair_id
    ]


async def test_registration_is_asked_with_the_message_as_the_reason(post: Post) -> None:
    pair = confirmed(post)
    await post.tell(pair)
    await post.send()
    asked = {(q.recipient, q.person, q.purpose) for q in post.registration.asked}
    assert ("mentee", str(pair.mentee_id), "pair_introduced_mentor") in asked
    assert ("mentor", str(pair.mentor_id), "pair_introduced_mentee") in asked


async def test_what_of_one_half_goes_to_the_other_is_asked_for_with_the_pair(post: Post) -> None:
    pair = confirmed(post, minor=True, guarded=True)
    post.registration.knows("guardian", pair.mentee_id, email="nadia@exemple.example")
    await post.tell(pair)
    await post.send()
    asked = {(q.purpose, q.recipient): (q.addressee, q.pair_id) for q in post.registration.asked}
    to_mentor, to_mentee = (pair.mentor_id, pair.pair_id), (pair.mentee_id, pair.pair_id)
    assert asked == {
        ("pair_introduced_mentor", "mentor"): (None, None),
        ("pair_introduced_mentor", "mentee"): to_mentor,
        ("pair_introduced_mentor", "guardian"): to_mentor,
        ("pair_introduced_mentee", "mentee"): (None, None),
        ("pair_introduced_mentee", "mentor"): to_mentee,
    }


async def test_a_pair_that_registration_has_no_word_of_waits_without_a_setback(post: Post) -> None:
    pair = confirmed(post)
    post.registration.refuses["pair_introduced_mentor"] = "not_yet"
    await post.tell(pair)
    await post.send()
    row = await _to_mentor(post)
    assert (row["state"], row["setbacks"], row["reason"]) == ("created", 0, None)
    del post.registration.refuses["pair_introduced_mentor"]
    await post.wait_for_pauses()
    await post.send()
    assert len(await introduced(post)) == 1


async def test_one_that_it_never_hears_of_comes_before_a_human(post: Post) -> None:
    pair = confirmed(post)
    post.registration.refuses["pair_introduced_mentor"] = "not_yet"
    await post.tell(pair)
    await post.send()
    await post.stage.pool.execute(
        "UPDATE messages SET waiting_since = waiting_since - interval '4 hours', not_before = now()"
    )
    await post.send()
    failed = [event for event in await post.stage.take_events() if isinstance(event, MessageFailed)]
    assert [(event.template, event.state) for event in failed] == [
        ("pair_introduced_mentor", "technical-failure")
    ]
    assert (await _to_mentor(post))["reason"] == "pair-unknown"


async def test_a_pair_that_must_not_be_told_fails_at_once_and_tells_nothing(post: Post) -> None:
    pair = confirmed(post)
    post.registration.refuses["pair_introduced_mentor"] = "not_cleared"
    await post.tell(pair)
    await post.send()
    assert (await _to_mentor(post))["reason"] == "mentee-not-cleared"
    assert post.mail.to("karim@exemple.example") == []


async def _to_mentor(post: Post) -> Any:
    return await post.stage.pool.fetchrow(
        "SELECT * FROM messages WHERE template = 'pair_introduced_mentor'"
    )


async def test_an_introduction_that_lost_its_deadline_is_counted(post: Post) -> None:
    await post.tell(confirmed(post))
    assert await unowned(post.stage) == {}
    await lose_timers(post.stage)
    assert await unowned(post.stage) == {"introductions": 1}
    await post.send()
    assert await unowned(post.stage) == {}
