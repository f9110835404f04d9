"""Two who are introduced may be one person: an alert with a deadline."""

from itertools import permutations
from uuid import uuid4

import pytest

from services.followup.store import Alerts
from shared.contracts.events import AlertRaised, PersonErased, PersonKeptApart
from shared.contracts.types import Side
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from tests.integration.followup.pair import Pair, introduction
from tests.integration.owners import count_unowned
from tests.support.service_harness import ServiceHarness


def apart(pair: Pair, side: Side = "mentee") -> PersonKeptApart:
    people = (pair.event.mentee_id, pair.event.mentor_id)
    one, other = people if side == "mentee" else people[::-1]
    return PersonKeptApart(side=side, person_id=one, apart_from=(uuid4(), other))


def calls(pair: Pair) -> list[tuple[str, str]]:
    return [(x.reason, x.association) for x in pair.all(AlertRaised) if x.reason == "same_contact"]


@pytest.mark.parametrize("side", ["mentee", "mentor"])
async def test_the_association_is_called_at_once_and_once(pair: Pair, side: Side) -> None:
    for _ in range(2):
        await pair.harness.handle(apart(pair, side))
    await pair.take_events()
    assert calls(pair) == [("same_contact", pair.event.association)]
    assert await count_unowned(pair.harness) == {}


@pytest.mark.parametrize("order", [*permutations(range(2))])
async def test_in_either_order(followup: ServiceHarness, order: tuple[int, ...]) -> None:
    pair = Pair(followup, introduction())
    events = (pair.event, apart(pair))
    for number in order:
        await followup.handle(events[number])
    await pair.take_events()
    assert calls(pair) == [("same_contact", pair.event.association)]


async def test_after_a_week_the_head_of_the_network_is(pair: Pair) -> None:
    await pair.harness.handle(apart(pair))
    await pair.days(6)
    assert len(calls(pair)) == 1
    await pair.days(2)
    assert calls(pair)[1:] == [("same_contact", NETWORK_HEAD)]
    async with pair.harness.pool.acquire() as connection:
        assert await Alerts(connection).waiting_for(pair.event.association) == []
    await pair.days(7)
    assert calls(pair)[2:] == [("same_contact", NETWORK_HEAD)], "and reminded"


async def test_a_handled_alert_is_not_raised_again(pair: Pair) -> None:
    await pair.harness.handle(apart(pair))
    async with pair.harness.pool.acquire() as connection:
        alerts, now = Alerts(connection), pair.harness.clock.now()
        (alert,) = await alerts.waiting_for(pair.event.association)
        assert await alerts.handle(alert.alert_id, pair.event.association, uuid4(), now)
    await pair.days(20)
    assert len(calls(pair)) == 1


async def test_others_are_not_concerned(pair: Pair) -> None:
    unrelated = PersonKeptApart(
        side="mentee", person_id=pair.event.mentee_id, apart_from=(uuid4(),)
    )
    await pair.harness.handle(unrelated)
    await pair.take_events()
    assert calls(pair) == []


@pytest.mark.parametrize("erased_first", [False, True])
async def test_nothing_is_kept_of_an_erased_person(pair: Pair, erased_first: bool) -> None:
    erased = PersonErased(person_id=pair.event.mentor_id, side="mentor")
    events = [apart(pair, "mentor"), erased]
    for event in reversed(events) if erased_first else events:
        await pair.harness.handle(event)
    assert await pair.harness.pool.fetchval("SELECT count(*) FROM kept_apart") == 0
