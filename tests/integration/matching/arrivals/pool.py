"""What tests of arrivals do with a pool, and read of it."""

from collections.abc import Callable
from typing import Any

import asyncpg

from services.matching.domain.programme import Changes
from services.matching.store import Programmes
from services.matching.use_cases.process_arrivals import ArrivalProcessor
from services.matching.use_cases.run_rounds import RoundRunner
from tests.integration.matching.people import request
from tests.integration.matching.stored_pairs import pairs_told
from tests.support.service_harness import ServiceHarness

ProcessorFactory = Callable[[], ArrivalProcessor]


async def set_programme(matching: ServiceHarness, **changes: Any) -> None:
    async with matching.runtime.begin() as tx:
        await Programmes(tx.connection).set("national", Changes(**changes))


async def settle(matching: ServiceHarness, runner: RoundRunner, *mentors: Any) -> None:
    """A published round that put two together and left one waiting; nothing else is due."""
    for event in (request(), request(level="primary"), *mentors):
        await matching.handle(event)
    assert await runner.step()
    assert len(await pairs_told(matching)) == 1
    assert not await runner.step()
    matching.clock.advance(minutes=1)


async def arrivals(matching: ServiceHarness) -> list[asyncpg.Record]:
    return list(await matching.pool.fetch("SELECT * FROM arrivals ORDER BY arrival_id"))


async def waiting(matching: ServiceHarness) -> int:
    count: int = await matching.pool.fetchval(
        "SELECT count(*) FROM requests WHERE state = 'waiting'"
    )
    return count
