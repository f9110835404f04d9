"""A round begins from the prices that the last round of its pool has kept."""

from tests.integration.matching import faults
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import last_round, pairs_told
from tests.support.service_harness import ServiceHarness


async def test_the_prices_of_the_last_published_round_are_handed_on(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), request(), mentor()):
        await matching.handle(event)
    assert await runners().step()

    await matching.handle(mentor())
    matching.clock.advance(hours=2)
    assert await runners(solved_by=faults.begin_from_prices).step()

    second = await last_round(matching)
    assert (second["state"], second["pairs"]) == ("published", 1)
    assert len(await pairs_told(matching)) == 2


async def test_the_first_round_of_a_pool_has_none(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), mentor()):
        await matching.handle(event)

    await runners(solved_by=faults.begin_from_prices).step()

    assert (await last_round(matching))["state"] == "failed"
