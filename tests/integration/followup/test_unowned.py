"""Nothing in follow-up is open without a next action; what lost it is counted."""

from tests.integration.followup.pair import Pair
from tests.integration.owners import count_unowned, lose_timers


async def test_an_engagement_without_a_timer_is_counted(pair: Pair) -> None:
    for _ in range(6):
        assert await count_unowned(pair.harness) == {}
        await pair.days(20)
    assert await count_unowned(pair.harness) == {}, "it ended by itself"


async def test_one_that_lost_its_timers_is_counted(pair: Pair) -> None:
    await lose_timers(pair.harness)
    assert await count_unowned(pair.harness) == {"engagements": 1}


async def test_an_alert_of_nobody_we_know_is_counted(pair: Pair) -> None:
    await pair.days(120)
    assert await count_unowned(pair.harness) == {}
    await pair.harness.pool.execute("UPDATE alerts SET association = 'closed_club'")
    open_alerts = await pair.harness.pool.fetchval("SELECT count(*) FROM alerts")
    assert open_alerts
    assert await count_unowned(pair.harness) == {"alerts": open_alerts}
