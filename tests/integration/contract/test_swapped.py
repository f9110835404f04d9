"""What registration states of one person, handled by matching in order and swapped: the later
change counts, whichever is retried first."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
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
from tests.integration.contract.scenarios import MENTOR
from tests.integration.registration.conftest import register
from tests.support.events import E, pick_events
from tests.support.service_harness import ServiceHarness

BOTH_ORDERS = pytest.mark.parametrize("turned", [False, True], ids=["in order", "swapped"])


async def take_published(network: Network, kind: type[E]) -> list[E]:
    """What registration has put into its outbox since, of one kind."""
    return pick_events(kind, await network.harnesses["registration"].take_events())


async def handle_in_order(
    network: Network, events: Sequence[Event], turned: bool
) -> ServiceHarness:
    matching = network.harnesses["matching"]
    for event in reversed(events) if turned else events:
        await matching.handle(event)
    return matching


def assert_dated_in_order(moments: list[datetime | None]) -> None:
    dated = [moment for moment in moments if moment is not None]
    assert len(dated) == len(moments)
    assert all(one < next_one for one, next_one in pairwise(dated))


async def mentor(network: Network, **fields: Any) -> MentorRegistered:
    registered = await register(network.harnesses["registration"], MENTOR | fields)
    assert registered.status_code == 202
    (event,) = await take_published(network, MentorRegistered)
    await network.harnesses["matching"].handle(event)
    return event


@BOTH_ORDERS
@pytest.mark.parametrize("values", [("2027-01-01", "no"), ("no", "2027-01-01")])
async def test_a_clearance(network: Network, turned: bool, values: tuple[str, ...]) -> None:
    """With a clock that does not move, as if two machines changed it at the same time."""
    await mentor(network, cleared="no" if values[-1] == "no" else "2026-12-01")
    for cleared in values:
        await register(network.harnesses["registration"], MENTOR | {"cleared": cleared})
    events = await take_published(network, ClearanceChanged)
    assert len(events) == 2
    assert_dated_in_order([event.changed_at for event in events])
    matching = await handle_in_order(network, events, turned)
    cleared = await matching.pool.fetchval("SELECT criteria->>'cleared' FROM mentors")
    assert cleared == ("false" if values[-1] == "no" else "true")


@BOTH_ORDERS
async def test_whether_somebody_is_reached(network: Network, turned: bool) -> None:
    found = await mentor(network)
    fields: dict[str, Any] = {"template": "mentor_registered", "channel": "mail"}
    fields |= {"recipient": "mentor", "person": str(found.mentor_id), "concerns": found.mentor_id}
    for change in (
        MessageFailed(message_id=uuid4(), **fields, state="permanent-failure", bounced=("mail",)),
        MessageSent(message_id=uuid4(), **fields),
    ):
        await network.harnesses["registration"].handle(change)
    events = await take_published(network, ReachabilityChanged)
    assert [event.reachable for event in events] == [False, True]
    assert_dated_in_order([event.changed_at for event in events])
    matching = await handle_in_order(network, events, turned)
    assert await matching.pool.fetchval("SELECT blocked FROM mentors") == []
