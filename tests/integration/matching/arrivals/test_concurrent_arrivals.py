"""Many come at once, several replicas answer: no place is given twice, no cap exceeded."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from services.matching.use_cases.process_arrivals import ArrivalProcessor
from tests.integration.matching.arrivals.pool import ProcessorFactory, arrivals, settle, waiting
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import IN_ORDER, ledger
from tests.integration.matching.stored_pairs import (
    count_taken,
    last_round,
    pairs_told,
)
from tests.support.service_harness import ServiceHarness


async def test_two_hundred_come_at_once_for_one_place(
    matching: ServiceHarness, runners: RunnerFactory, processors: ProcessorFactory
) -> None:
    """Several replicas answer: one gets it, the others wait for the round."""
    await settle(matching, runners(), mentor(capacity=2))
    asked = [request() for _ in range(200)]
    await asyncio.gather(*(matching.handle(one) for one in asked))

    await asyncio.gather(*(answer_all(matching, processors()) for _ in range(4)))

    (pair,) = await pairs_told(matching)
    assert await count_taken(matching, pair.mentor_id) == 2
    assert await waiting(matching) == 199 + 1
    assert Counter(row["pair_id"] is not None for row in await arrivals(matching)) == {
        True: 1,
        False: 199,
    }
    assert not await runners().step(), "nobody has a place: no round has anything to give"
    await matching.handle(mentor(capacity=20))
    assert await runners().step()
    assert len(await pairs_told(matching)) == 20
    assert (await last_round(matching))["waiting"] == 200


async def answer_all(matching: ServiceHarness, processor: ArrivalProcessor) -> None:
    """One replica at work until everybody was looked at."""
    while len(await arrivals(matching)) < 200:
        await processor.step()


async def test_rounds_and_answers_at_once_give_no_place_twice(
    matching: ServiceHarness, runners: RunnerFactory, processors: ProcessorFactory
) -> None:
    """Newcomers, new mentors, another pool, rounds and answers, all at the same time."""
    await settle(matching, runners(), *(mentor(capacity=3) for _ in range(10)))
    people = [request("other" if n % 6 == 0 else "national") for n in range(60)]
    replicas = [*(processors().step for _ in range(3)), *(runners().step for _ in range(2))]
    for coming in (people, [mentor() for _ in range(5)]):
        await asyncio.gather(
            *(matching.handle(one) for one in coming),
            *(at_work(matching, step) for step in replicas),
        )
    matching.clock.advance(hours=2)
    await asyncio.gather(*(at_work(matching, step) for step in replicas))

    pairs = await pairs_told(matching)
    assert len({pair.request_id for pair in pairs}) == len(pairs) == 10 * 3 - 1 + 5
    assert len(pairs) + await waiting(matching) == 60 + 1
    assert await ledger(matching) == IN_ORDER
    assert any(row["pair_id"] for row in await arrivals(matching))


async def at_work(matching: ServiceHarness, step: Callable[[], Awaitable[bool]]) -> None:
    """One replica for a while, and time goes on."""
    for _ in range(40):
        matching.clock.advance(seconds=1)
        if not await step():
            await asyncio.sleep(0.02)


async def test_an_association_stays_within_its_cap(
    matching: ServiceHarness, runners: RunnerFactory, processors: ProcessorFactory
) -> None:
    """What the round made of it counts, and what others answered."""
    await matching.pool.execute("INSERT INTO association_caps VALUES ('tandem_avenir', 3)")
    await settle(matching, runners(), mentor("tandem_avenir", capacity=9))
    first, second = processors(), processors()
    for one in (first, second):
        await one.step()
    for _ in range(6):
        await matching.handle(request())
        await asyncio.gather(first.step(), second.step())
    assert len(await pairs_told(matching)) == 2
    assert [row["association"] for row in await arrivals(matching) if row["pair_id"]] == [
        "tandem_avenir",
        "tandem_avenir",
    ]
