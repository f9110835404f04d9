"""A hard bounce marks the way; who has no way left is told on, and comes back with the next one."""

from uuid import uuid4

import pytest

from services.registration.use_cases.record_reachability import note_alive
from shared.contracts.events import MessageFailed, MessageSent, ReachabilityChanged
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young


@pytest.fixture
async def mentor_id(s: ServiceHarness, partner: str):
    await register(s, {"kind": "mentor", **volunteer()})
    return (await s.take_events())[0].mentor_id


def failed(person, side="mentor", **how):
    known = {"channel": "mail", "state": "permanent-failure", "bounced": ("mail",)}
    to = {"template": "mentor_registered", "recipient": side, "person": str(person)}
    told = {"message_id": uuid4(), "concerns": uuid4()} | to | known | how
    return MessageFailed(**told)


def sent(person, side="mentor", **how):
    known = {"channel": "mail", "bounced": ()} | how
    to = {"template": "checkin_month", "recipient": side, "person": str(person)}
    return MessageSent(message_id=uuid4(), concerns=person, **to, **known)


async def ways(s):
    return [row["channel"] for row in await s.pool.fetch("SELECT channel FROM dead_ways")]


async def test_a_mentor_whose_first_mail_is_refused_is_told_on_once(
    s: ServiceHarness, mentor_id
) -> None:
    await s.handle(failed(mentor_id))
    await s.handle(failed(mentor_id))
    (told,) = await s.take_events()
    assert isinstance(told, ReachabilityChanged)
    assert (told.person_id, told.side, told.reachable) == (mentor_id, "mentor", False)
    assert await ways(s) == ["mail"]


async def test_the_association_in_charge_is_named(s: ServiceHarness, partner: str) -> None:
    await register(s, {"kind": "mentee", **young()})
    registered = (await s.take_events())[0]
    association = await s.pool.fetchval("SELECT association FROM requests")
    await s.handle(failed(registered.mentee_id, "mentee"))
    (told,) = await s.take_events()
    assert (told.side, told.reachable, told.association) == ("mentee", False, association)


async def test_a_later_message_that_leaves_revives(s: ServiceHarness, mentor_id) -> None:
    await s.handle(failed(mentor_id))
    await s.take_events()
    await s.handle(sent(mentor_id))
    await s.handle(sent(mentor_id))
    (told,) = await s.take_events()
    assert isinstance(told, ReachabilityChanged)
    assert (told.person_id, told.side, told.reachable) == (mentor_id, "mentor", True)
    assert await ways(s) == []


async def test_a_changed_contact_revives(s: ServiceHarness, mentor_id) -> None:
    await s.handle(failed(mentor_id, bounced=("mail", "sms")))
    await s.take_events()
    async with s.runtime.begin() as tx:
        await note_alive(mentor_id, tx)
    (told,) = await s.take_events()
    assert told.reachable
    assert await ways(s) == []


async def test_a_mail_that_bounced_while_an_sms_left_marks_the_mail_alone(
    s: ServiceHarness, mentor_id
) -> None:
    await s.handle(sent(mentor_id, channel="sms", bounced=("mail",)))
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
    s: ServiceHarness, mentor_id, how: dict[str, str | tuple[object, ...]]
) -> None:
    await s.handle(failed(mentor_id, **how))
    assert await s.take_events() == []
    assert await ways(s) == []


async def test_a_coordinator_or_a_guardian_is_no_side(s: ServiceHarness, mentor_id) -> None:
    await s.handle(failed(mentor_id, "guardian"))
    await s.handle(failed("tandem_avenir", "coordinator"))
    assert await s.take_events() == []
