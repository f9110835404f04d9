"""Metrics are counted from the store, by closed lists of labels."""

import asyncio

from prometheus_client import generate_latest

from services.followup.use_cases.refresh_metrics import Gauges, refresh_metrics
from tests.integration.followup.pair import Pair


async def figures(pair: Pair) -> dict[str, float]:
    """The gauges, read as Prometheus would."""
    runtime = pair.harness.runtime
    gauges = Gauges(runtime)
    await gauges.refresh()
    lines = generate_latest(runtime.metrics.registry).decode().splitlines()
    values = [line.rsplit(" ", 1) for line in lines if line[0] != "#"]
    return {name: float(value) for name, value in values}


async def test_counts_questions_answers_alerts_and_engagements(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "not_well")

    seen = await figures(pair)

    checkins = "binome_followup_checkins_total"
    assert seen[f'{checkins}{{kind="first_meeting",outcome="asked"}}'] == 4
    assert seen[f'{checkins}{{kind="month_1",outcome="asked"}}'] == 2
    assert seen[f'{checkins}{{kind="month_1",outcome="not_well"}}'] == 1
    alerts = "binome_followup_alerts_total"
    assert seen[f'{alerts}{{reason="not_going_well",state="open"}}'] == 1
    assert seen[f'{alerts}{{reason="not_met",state="open"}}'] == 1
    engagements = "binome_followup_engagements_count"
    assert seen[f'{engagements}{{reason="",state="running"}}'] == 1


async def test_a_worker_that_falls_can_be_started_again(pair: Pair) -> None:
    runtime = pair.harness.runtime
    for _ in range(2):
        runtime.stopping.clear()
        asyncio.get_running_loop().call_later(0.1, runtime.stopping.set)
        await refresh_metrics(runtime)

    assert generate_latest(runtime.metrics.registry).count(b"# TYPE binome_followup_checkins") == 1
