"""A paused pair gets no check-in, its alert is raised at once, and it resumes where it paused."""

from datetime import timedelta
from typing import Any

from services.followup.store import Alerts
from shared.contracts.events import (
    AlertRaised,
    CheckInAsked,
    EngagementEnded,
    PairPaused,
    PairResumed,
    PairUndone,
)
from tests.integration.followup.pair import Pair, introduction
from tests.integration.owners import count_unowned
from tests.support.service_harness import ServiceHarness

IDS = {"pair_id", "request_id", "mentee_id", "mentor_id", "association", "programme"}


def of(kind: Any, pair: Pair) -> Any:
    names = ("pair_id", "request_id", "mentee_id", "mentor_id", "association", "programme")
    return kind(**pair.event.model_dump(include=set(names)))


async def test_a_pause_raises_one_alert_at_once(pair: Pair) -> None:
    for _ in range(2):
        await pair.harness.handle(of(PairPaused, pair))
    await pair.take_events()
    (alert,) = pair.all(AlertRaised)
    assert (alert.reason, alert.association, alert.pair_id) == (
        "clearance_ended",
        pair.event.association,
        pair.event.pair_id,
    )


async def test_nobody_is_asked_and_silence_means_nothing_while_it_lasts(pair: Pair) -> None:
    await pair.harness.handle(of(PairPaused, pair))
    await pair.days(120)
    assert pair.all(CheckInAsked) == []
    assert [alert.reason for alert in pair.all(AlertRaised)] == ["clearance_ended"]
    assert pair.all(EngagementEnded) == []


async def test_what_was_put_off_is_asked_within_a_week_of_going_on(pair: Pair) -> None:
    await pair.harness.handle(of(PairPaused, pair))
    await pair.days(40)
    await pair.harness.handle(of(PairResumed, pair))
    await pair.days(7)
    kinds = {(c.kind, c.side) for c in pair.all(CheckInAsked)}
    assert {("first_meeting", "mentee"), ("month_1", "mentor")} <= kinds


async def test_a_pause_in_the_middle_of_a_question_waits_with_its_answer(pair: Pair) -> None:
    await pair.days(32)
    await pair.harness.handle(of(PairPaused, pair))
    await pair.days(60)
    assert "silent" not in {alert.reason for alert in pair.all(AlertRaised)}


async def test_a_pause_before_the_introduction_holds_too(followup: ServiceHarness) -> None:
    event = introduction()
    pair = Pair(followup, event)
    await followup.handle(of(PairPaused, pair))
    await followup.handle(event)
    await pair.days(40)
    assert [alert.association for alert in pair.all(AlertRaised)] == [event.association]
    assert pair.all(CheckInAsked) == []


async def test_the_association_is_reminded_half_way_of_the_end_and_sees_it(pair: Pair) -> None:
    now = pair.harness.clock.now()
    paused = of(PairPaused, pair).model_copy(
        update={"paused_at": now, "ends_at": now + timedelta(days=30)}
    )
    await pair.harness.handle(paused)
    await pair.days(14)
    assert [alert.signal for alert in pair.all(AlertRaised)] == [1]
    await pair.days(2)
    assert [alert.signal for alert in pair.all(AlertRaised)] == [1, 2]
    async with pair.harness.pool.acquire() as connection:
        (alert,) = await Alerts(connection).waiting_for(pair.event.association)
    assert alert.ends_at == paused.ends_at


async def test_of_a_pause_that_is_over_nobody_is_reminded(pair: Pair) -> None:
    now = pair.harness.clock.now()
    paused = of(PairPaused, pair).model_copy(
        update={"paused_at": now, "ends_at": now + timedelta(days=30)}
    )
    resumed = of(PairResumed, pair).model_copy(update={"paused_at": now})
    for event in (paused, resumed):
        await pair.harness.handle(event)
    await pair.days(20)
    assert [alert.signal for alert in pair.all(AlertRaised)] == [1]


async def test_the_end_of_a_pause_ends_the_engagement(pair: Pair) -> None:
    await pair.harness.handle(of(PairPaused, pair))
    undone = PairUndone(
        **pair.event.model_dump(include=IDS), reason="clearance_ended", introduced=True
    )
    await pair.harness.handle(undone)
    await pair.days(120)
    assert pair.all(CheckInAsked) == []
    assert await count_unowned(pair.harness) == {}
