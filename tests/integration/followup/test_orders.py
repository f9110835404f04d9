"""Events of different services come in any order: every order ends the same way."""

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.events import (
    CheckInAsked,
    EngagementEnded,
    Event,
    MentorLeft,
    PairIntroduced,
    PairPaused,
    PairResumed,
    PairUndone,
    PersonErased,
    RequestWithdrawn,
)
from tests.integration.followup.pair import Pair, introduction
from tests.support.service_harness import ServiceHarness

IDS = {"pair_id", "request_id", "mentee_id", "mentor_id", "association", "programme"}


def of_pair(kind: Any, event: PairIntroduced, **fields: Any) -> Any:
    return kind(**event.model_dump(include=IDS), **fields)


def leaving(event: PairIntroduced) -> tuple[Event, ...]:
    """A mentor leaves: the events of registration and matching, and notification's introduction."""
    return (
        event,
        MentorLeft(mentor_id=event.mentor_id, reason="left"),
        of_pair(PairUndone, event, reason="mentor_left"),
    )


def erasing(event: PairIntroduced) -> tuple[Event, ...]:
    return (
        event,
        MentorLeft(mentor_id=event.mentor_id, reason="erased"),
        PersonErased(person_id=event.mentor_id, side="mentor"),
    )


@pytest.mark.parametrize("make_events", [leaving, erasing])
@pytest.mark.parametrize("order", [*permutations(range(3))])
async def test_a_mentor_who_left_ends_the_engagement_once_in_every_order(
    followup: ServiceHarness, make_events: Any, order: tuple[int, ...]
) -> None:
    event = introduction()
    pair, events = Pair(followup, event), make_events(event)
    for number in order:
        await followup.handle(events[number])
    await pair.take_events()
    (ended,) = pair.all(EngagementEnded)
    assert (ended.pair_id, ended.request_id, ended.mentee_id, ended.left) == (
        event.pair_id,
        event.request_id,
        event.mentee_id,
        "mentor",
    )
    await pair.days(120)
    assert pair.all(CheckInAsked) == []
    assert len(pair.all(EngagementEnded)) == 1


async def test_a_repeated_introduction_ends_once(followup: ServiceHarness) -> None:
    introduced = introduction()
    left = MentorLeft(mentor_id=introduced.mentor_id, reason="left")
    for event in (left, introduced, introduced):
        await followup.handle(event)
    assert [type(event) for event in await followup.take_events()] == [EngagementEnded]


@pytest.mark.parametrize(
    "over",
    [
        lambda event: of_pair(PairUndone, event, reason="withdrawn"),
        lambda event: of_pair(PairUndone, event, reason="clearance_ended"),
        lambda event: RequestWithdrawn(
            request_id=event.request_id, mentee_id=event.mentee_id, reason="withdrawn"
        ),
        lambda event: PersonErased(person_id=event.mentee_id, side="mentee"),
    ],
)
async def test_what_is_over_before_its_introduction_is_asked_nothing(
    followup: ServiceHarness, over: Any
) -> None:
    """Matching and notification inform everybody concerned; follow-up sends nothing."""
    introduced = introduction()
    pair = Pair(followup, introduced)
    for event in (over(introduced), introduced):
        await followup.handle(event)
    await pair.take_events()
    await pair.days(120)
    assert pair.all(EngagementEnded) == []
    assert pair.all(CheckInAsked) == []


@pytest.mark.parametrize("resumed_first", [False, True])
async def test_a_pause_that_is_over_stays_over(pair: Pair, resumed_first: bool) -> None:
    """`pair.resumed` overtakes the `pair.paused` that it ends."""
    at = pair.harness.clock.now()
    events = [of_pair(kind, pair.event, paused_at=at) for kind in (PairPaused, PairResumed)]
    for event in reversed(events) if resumed_first else events:
        await pair.harness.handle(event)
    await pair.days(8)
    assert len(pair.all(CheckInAsked)) == 2


async def test_a_later_pause_holds_though_the_earlier_one_is_over(pair: Pair) -> None:
    first = pair.harness.clock.now()
    pair.harness.clock.advance(days=1)
    second = pair.harness.clock.now()
    for kind, at in ((PairPaused, second), (PairPaused, first), (PairResumed, first)):
        await pair.harness.handle(of_pair(kind, pair.event, paused_at=at))
    await pair.days(20)
    assert pair.all(CheckInAsked) == []


async def test_somebody_else_who_left_ends_nothing(followup: ServiceHarness) -> None:
    event = introduction()
    await followup.handle(MentorLeft(mentor_id=uuid4(), reason="left"))
    await followup.handle(event)
    assert await Pair(followup, event).days(8)
