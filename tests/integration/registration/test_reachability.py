"""A hard bounce marks the channel; without a channel a person is unreachable until a message
leaves."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.registration.use_cases.record_reachability import note_alive
from shared.contracts.events import (
    MenteeRegistered,
    MentorRegistered,
    MessageFailed,
    MessageSent,
    ReachabilityChanged,
)
from tests.integration.registration.conftest import register
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young


@pytest.fixture
async def mentor_id(s: ServiceHarness, partner: str) -> UUID:
    await register(s, {"kind": "mentor", **volunteer()})
    return pick_event(MentorRegistered, await s.take_events()).mentor_id


def failure_of(person: object, side: str = "mentor", **how: Any) -> MessageFailed:
    defaults = {"channel": "mail", "state": "permanent-failure", "bounced": ("mail",)}
    to = {"template": "mentor_registered", "recipient": side, "person": str(person)}
    fields = {"message_id": uuid4(), "concerns": uuid4()} | to | defaults | how
    return MessageFailed.model_validate(fields)


def delivery_to(person: UUID, side: str = "mentor", **how: Any) -> MessageSent:
    defaults = {"channel": "mail", "bounced": ()} | how
    to = {"template": "checkin_month", "recipient": side, "person": str(person)}
    about = {"message_id": uuid4(), "concerns": person}
    return MessageSent.model_validate(about | to | defaults)


async def ways(s: ServiceHarness) -> list[str]:
    return [row["channel"] for row in await s.pool.fetch("SELECT channel FROM dead_ways")]


async def test_a_first_mail_refused_publishes_it_once(s: ServiceHarness, mentor_id: UUID) -> None:
    await s.handle(failure_of(mentor_id))
    await s.handle(failure_of(mentor_id))
    (event,) = await s.take_events()
    assert isinstance(event, ReachabilityChanged)
    assert (event.person_id, event.side, event.reachable) == (mentor_id, "mentor", False)
    assert await ways(s) == ["mail"]


async def test_the_association_in_charge_is_named(s: ServiceHarness, partner: str) -> None:
    await register(s, {"kind": "mentee", **young()})
    registered = (await s.take_events())[0]
    assert isinstance(registered, MenteeRegistered)
    association = await s.pool.fetchval("SELECT association FROM requests")
    await s.handle(failure_of(registered.mentee_id, "mentee"))
    (event,) = await s.take_events()
    assert isinstance(event, ReachabilityChanged)
    assert (event.side, event.reachable, event.association) == ("mentee", False, association)


async def test_a_later_message_that_leaves_revives(s: ServiceHarness, mentor_id: UUID) -> None:
    await s.handle(failure_of(mentor_id))
    await s.take_events()
    await s.handle(delivery_to(mentor_id))
    await s.handle(delivery_to(mentor_id))
    (event,) = await s.take_events()
    assert isinstance(event, ReachabilityChanged)
    assert (event.person_id, event.side, event.reachable) == (mentor_id, "mentor", True)
    assert await ways(s) == []


async def test_a_changed_contact_revives(s: ServiceHarness, mentor_id: UUID) -> None:
    await s.handle(failure_of(mentor_id, bounced=("mail", "sms")))
    await s.take_events()
    async with s.runtime.begin() as tx:
        await note_alive(mentor_id, tx)
    (event,) = await s.take_events()
    assert isinstance(event, ReachabilityChanged)
    assert event.reachable
    assert await ways(s) == []


async def test_a_mail_that_bounced_while_an_sms_left_marks_the_mail_alone(
    s: ServiceHarness, mentor_id: UUID
) -> None:
    await s.handle(delivery_to(mentor_id, channel="sms", bounced=("mail",)))
    assert await s.take_events() == []
    assert await ways(s) == ["mail"]


@pytest.mark.parametrize(
    "how",
    [
        {"state": "technical-failure", "bounced": ()},
        {"state": "unknown", "bounced": ()},
        {"bounced": ()},
    ],
)
async def test_what_is_no_bounce_marks_nothing(
    s: ServiceHarness, mentor_id: UUID, how: dict[str, Any]
) -> None:
    await s.handle(failure_of(mentor_id, **how))
    assert await s.take_events() == []
    assert await ways(s) == []


async def test_a_coordinator_or_a_guardian_is_no_side(s: ServiceHarness, mentor_id: UUID) -> None:
    await s.handle(failure_of(mentor_id, "guardian"))
    await s.handle(failure_of("tandem_avenir", "coordinator"))
    assert await s.take_events() == []
