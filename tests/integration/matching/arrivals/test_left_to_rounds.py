"""What an answer on kept prices may not decide is left to the next round."""

import pytest

from services.matching.use_cases.process_arrivals import ArrivalProcessor
from services.matching.use_cases.run_rounds import RoundRunner
from tests.integration.matching.arrivals.pool import arrivals, set_programme, settle
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import (
    pairs_told,
    state_of,
)
from tests.support.service_harness import ServiceHarness


async def test_who_joined_since_is_left_to_the_round(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor
) -> None:
    await settle(matching, runner, mentor())
    new, asked = mentor(), request()
    for event in (new, asked):
        await matching.handle(event)
    assert await processor.step()
    assert await matching.take_events() == []
    assert await runner.step()
    (pair,) = await pairs_told(matching)
    assert (pair.request_id, pair.mentor_id) == (asked.request_id, new.mentor_id)


async def test_a_place_that_another_pool_took_is_not_given(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor
) -> None:
    """This replica remembers the place as open."""
    await settle(matching, runner, mentor(), mentor())
    assert not await processor.step()
    await matching.handle(request("other"))
    assert await runner.step()
    assert len(await pairs_told(matching)) == 1
    asked = request()
    await matching.handle(asked)

    await processor.step()
    await processor.step()

    assert await matching.take_events() == []
    assert [row["pair_id"] for row in await arrivals(matching)] == [None]
    assert await state_of(matching, asked.request_id) == "waiting"


async def test_no_answer_while_a_round_is_on_its_way(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor
) -> None:
    await settle(matching, runner, mentor(), mentor())
    await matching.handle(mentor())
    assert await runner.ask()
    await matching.handle(request())
    assert not await processor.step()
    claimed = await runner.claim()
    assert claimed is not None
    await runner.hold(claimed)
    assert await processor.step()
    assert len(await pairs_told(matching)) == 1


@pytest.mark.parametrize("change", ["cap", "policy", "dropped"])
async def test_what_changed_since_is_for_the_round(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor, change: str
) -> None:
    await settle(matching, runner, mentor(), mentor())
    if change == "dropped":
        await matching.pool.execute("UPDATE rounds SET dropped = 1")
    elif change == "policy":
        await set_programme(matching, answer_days=9)
    else:
        await matching.pool.execute("INSERT INTO association_caps VALUES ('tandem_avenir', 3)")
    await matching.handle(request())
    assert not await processor.step()
    assert await runner.step()
    assert len(await pairs_told(matching)) == 1


async def test_when_nobody_answers_a_round_does(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    """No replica answers, for whatever reason: after a minute a round is due."""
    await settle(matching, runner, mentor(), mentor())
    await matching.handle(request())
    assert not await runner.step()
    await matching.pool.execute("UPDATE requests SET heard_at = now() - interval '61 s'")
    assert await runner.step()
    assert len(await pairs_told(matching)) == 1


@pytest.mark.parametrize("large", [5])
async def test_a_small_pool_has_a_round(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor
) -> None:
    """Four people took part in the last one."""
    await settle(matching, runner, mentor(), mentor())
    await matching.handle(request())
    assert not await processor.step()
    assert await runner.step()
    assert len(await pairs_told(matching)) == 1
