"""What registration states of one person, heard by matching in order and swapped: the last word
counts, whichever comes first from the ladder."""

from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.events import (
    ClearanceChanged,
    Event,
    MentorRegistered,
    MessageFailed,
    MessageSent,
    ReachabilityChanged,
)
from tests.integration.contract.network import Network
from tests.integration.contract.stories import MENTOR
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness

BOTH_ORDERS = pytest.mark.parametrize("turned", [False, True], ids=["in order", "swapped"])


async def stated(network: Network, kind: type[Event]) -> list[Any]:
    """What registration has put into its outbox since, of one kind."""
    events = await network.harnesses["registration"].take_events()
    return [event for event in events if isinstance(event, kind)]


async def hear(network: Network, events: list[Any], turned: bool) -> ServiceHarness:
    matching = network.harnesses["matching"]
    for event in reversed(events) if turned else events:
        await matching.handle(event)
    return matching


async def mentor(network: Network, **told: Any) -> MentorRegistered:
    registered = await register(network.harnesses["registration"], MENTOR | told)
    assert registered.status_code == 202
    (event,) = await stated(network, MentorRegistered)
    await network.harnesses["matching"].handle(event)
    return event  # type: ignore[no-any-return]  # events of that class


@BOTH_ORDERS
@pytest.mark.parametrize("said", [("2027-01-01", "no"), ("no", "2027-01-01")])
async def test_a_clearance(network: Network, turned: bool, said: tuple[str, ...]) -> None:
    """On a clock that stands still, as if two machines had changed it in one instant."""
    await mentor(network, cleared="no" if said[-1] == "no" else "2026-12-01")
    for cleared in said:
        await register(network.harnesses["registration"], MENTOR | {"cleared": cleared})
    events = await stated(network, ClearanceChanged)
    assert len(events) == 2
    assert events[0].changed_at < events[1].changed_at
    matching = await hear(network, events, turned)
    cleared = await matching.pool.fetchval("SELECT criteria->>'cleared' FROM mentors")
    assert cleared == ("false" if said[-1] == "no" else "true")


@BOTH_ORDERS
async def test_whether_somebody_is_reached(network: Network, turned: bool) -> None:
    found = await mentor(network)
    told = {"template": "mentor_registered", "channel": "mail", "recipient": "mentor"}
    told |= {"person": str(found.mentor_id), "concerns": str(found.mentor_id)}
    for change in (
        MessageFailed(message_id=uuid4(), **told, state="permanent-failure", bounced=("mail",)),
        MessageSent(message_id=uuid4(), **told),
    ):
        await network.harnesses["registration"].handle(change)
    events = await stated(network, ReachabilityChanged)
    assert [event.reachable for event in events] == [False, True]
    assert events[0].changed_at < events[1].changed_at
    matching = await hear(network, events, turned)
    assert await matching.pool.fetchval("SELECT blocked FROM mentors") == []
