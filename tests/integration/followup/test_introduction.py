"""An introduction starts an engagement: done, repeated, refused."""

from uuid import uuid4

from shared.contracts.events import CheckInAsked
from tests.integration.followup.pair import Pair, introduction
from tests.stage import Stage


async def engagements(stage: Stage) -> int:
    found: int = await stage.pool.fetchval("SELECT count(*) FROM engagements")
    return found


async def test_starts_a_first_term_with_its_timers(pair: Pair) -> None:
    row = await pair.stage.pool.fetchrow(
        "SELECT e.*, t.started_at AS term_started_at, t.outcome"
        " FROM engagements e JOIN terms t USING (engagement_id)"
    )
    timers = await pair.stage.pool.fetch("SELECT kind, key FROM timers ORDER BY kind")

    assert row is not None
    assert (row["pair_id"], row["association"], row["term"]) == (
        pair.event.pair_id,
        pair.event.association,
        1,
    )
    assert row["term_started_at"] == pair.stage.clock.now()
    assert row["ended_at"] is None
    key = str(row["engagement_id"])
    assert [tuple(timer) for timer in timers] == [("ask_first_meeting", key), ("ask_month", key)]


async def test_the_same_event_twice_changes_nothing(followup: Stage) -> None:
    event, event_id = introduction(), uuid4()
    await followup.handle(event, event_id)

    assert await followup.handle(event, event_id) is False

    assert await engagements(followup) == 1


async def test_a_pair_introduced_again_keeps_its_engagement(followup: Stage) -> None:
    pair = Pair(followup, introduction())
    await followup.handle(pair.event)
    await pair.days(5)

    await followup.handle(pair.event)
    await pair.days(2.1)

    assert await engagements(followup) == 1
    assert len(pair.all(CheckInAsked)) == 2
