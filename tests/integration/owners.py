"""What a service counts as open without an owner."""

from tests.support.service_harness import ServiceHarness


async def count_unowned(harness: ServiceHarness) -> dict[str, int]:
    """Kind → how many, those that are not 0."""
    now = harness.clock.now()
    counts = {
        kind: await harness.pool.fetchval(query, *([now] if "$1" in query else []))
        for kind, query in harness.service.unowned.items()
    }
    return {kind: count for kind, count in counts.items() if count}


async def lose_timers(harness: ServiceHarness) -> None:
    """As a mistake, or a hand in the database, might."""
    await harness.pool.execute("DELETE FROM timers")
