"""An introduction starts an engagement: done, repeated, refused."""

from uuid import uuid4

from shared.contracts.events import AlertRaised, CheckInAsked, IntroductionFailed, PairUndone
from tests.integration.followup.pair import ASSOCIATION, Pair, introduction
from tests.support.service_harness import ServiceHarness


async def engagements(harness: ServiceHarness) -> int:
    found: int = await harness.pool.fetchval("SELECT count(*) FROM engagements")
    return found


async def test_starts_a_first_term_with_its_timers(pair: Pair) -> None:
    row = await pair.harness.pool.fetchrow(
        "SELECT e.*, t.started_at AS term_started_at, t.outcome"
        " FROM engagements e JOIN terms t USING (engagement_id)"
    )
    timers = await pair.harness.pool.fetch("SELECT kind, key FROM timers ORDER BY kind")

    assert row is not None
    assert (row["pair_id"], row["association"], row["term"]) == (
        pair.event.pair_id,
        pair.event.association,
        1,
    )
    assert row["term_started_at"] == pair.harness.clock.now()
    assert row["ended_at"] is None
    key = str(row["engagement_id"])
    assert [tuple(timer) for timer in timers] == [("ask_first_meeting", key), ("ask_month", key)]


async def test_the_same_event_twice_changes_nothing(followup: ServiceHarness) -> None:
    event, event_id = introduction(), uuid4()
    await followup.handle(event, event_id)

    assert await followup.handle(event, event_id) is False

    assert await engagements(followup) == 1


async def test_a_pair_introduced_again_keeps_its_engagement(followup: ServiceHarness) -> None:
    pair = Pair(followup, introduction())
    await followup.handle(pair.event)
    await pair.days(5)

    await followup.handle(pair.event)
    await pair.days(2.1)

    assert await engagements(followup) == 1
    assert len(pair.all(CheckInAsked)) == 2


async def test_a_failed_introduction_raises_one_alert(followup: ServiceHarness) -> None:
    people = introduction().model_dump()
    failed = IntroductionFailed(**people, reason="unreachable", side="mentor")
    await followup.handle(failed)
    await followup.handle(failed)
    [alert] = await followup.take_events()
    assert isinstance(alert, AlertRaised)
    assert (alert.association, alert.reason) == (ASSOCIATION, "introduction_failed")


async def test_a_pair_that_was_undone_is_followed_up_no_more(pair: Pair) -> None:
    over = PairUndone(**pair.event.model_dump(), reason="clearance_ended", introduced=True)
    await pair.harness.handle(over)
    await pair.harness.handle(over)
    assert await pair.days(120) == [], "pair.undone has informed everybody"
    ended = await pair.harness.pool.fetchval("SELECT end_reason FROM engagements")
    assert ended == "undone"


async def test_one_that_was_never_introduced_has_nothing_to_end(followup: ServiceHarness) -> None:
    people = introduction().model_dump()
    await followup.handle(PairUndone(**people, reason="mentor_left"))
    assert await followup.take_events() == []
