"""What a service counts as open without an owner."""

from tests.support.service_harness import ServiceHarness


async def unowned(stage: ServiceHarness) -> dict[str, int]:
    """Kind → how many, those that are not 0."""
    now = stage.clock.now()
    counts = {
        kind: await stage.pool.fetchval(query, *([now] if "$1" in query else []))
        for kind, query in stage.service.unowned.items()
    }
    return {kind: count for kind, count in counts.items() if count}


async def lose_timers(stage: ServiceHarness) -> None:
    """As a mistake, or a hand in the database, might."""
    await stage.pool.execute("DELETE FROM timers")
