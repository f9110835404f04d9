"""A withdrawn request ends its engagement at once, or lets none begin."""

from shared.contracts.events import CheckInAsked, RequestWithdrawn
from tests.integration.followup.pair import Pair, introduction
from tests.support.service_harness import ServiceHarness


def withdrawn(pair: Pair) -> RequestWithdrawn:
    event = pair.event
    return RequestWithdrawn(
        request_id=event.request_id, mentee_id=event.mentee_id, reason="consent_withdrawn"
    )


async def test_a_running_engagement_ends_and_nobody_is_asked_any_more(pair: Pair) -> None:
    await pair.days(31)
    asked = len(pair.all(CheckInAsked))
    await pair.harness.handle(withdrawn(pair))
    row = await pair.harness.pool.fetchrow("SELECT * FROM engagements")
    assert row is not None
    assert row["end_reason"] == "withdrawn"
    await pair.days(90)
    assert len(pair.all(CheckInAsked)) == asked
    ended = row["ended_at"]
    await pair.harness.handle(withdrawn(pair))
    assert await pair.harness.pool.fetchval("SELECT ended_at FROM engagements") == ended


async def test_an_introduction_that_comes_later_starts_nothing(followup: ServiceHarness) -> None:
    pair = Pair(followup, introduction())
    await followup.handle(withdrawn(pair))
    await followup.handle(pair.event)
    assert await followup.pool.fetchval("SELECT count(*) FROM engagements") == 0
    assert await followup.pool.fetchval("SELECT count(*) FROM timers") == 0
