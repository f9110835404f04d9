"""A round that the verifier rejects is not published, and its faults are stored."""

from datetime import timedelta

from tests.integration.matching import faults
from tests.integration.matching.conftest import LEASE, RunnerFactory
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import (
    count_taken,
    last_round,
    metric,
    pairs_told,
    state_of,
)
from tests.support.service_harness import ServiceHarness


async def test_a_pair_behind_a_closed_gate_is_held_back_alone(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    adult, minor = request(birth_year=None), request(department="75")
    uncleared = mentor(cleared=False, capacity=2)
    for event in (adult, minor, uncleared):
        await matching.handle(event)

    assert await runners(solved_by=faults.break_a_gate).step()

    (made,) = await pairs_told(matching)
    assert made.request_id == adult.request_id
    assert await state_of(matching, minor.request_id) == "waiting"
    assert await count_taken(matching, uncleared.mentor_id) == 1
    kept = await last_round(matching)
    assert (kept["state"], kept["pairs"], kept["dropped"]) == ("published", 1, 0)
    assert [pair["request_id"] for pair in kept["faulty"]] == [str(minor.request_id)]
    assert "safety" in {violation["rule"] for violation in kept["violations"]}
    assert metric(matching, "faulty_pairs_total") == 1


async def test_a_place_given_twice_by_the_engine_is_held_back(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), request(), request(), mentor()):
        await matching.handle(event)

    await runners(solved_by=faults.overbook).step()

    assert len(await pairs_told(matching)) == 1
    kept = await last_round(matching)
    assert len(kept["faulty"]) == 2
    assert {violation["rule"] for violation in kept["violations"]} >= {"capacity"}


async def test_a_round_that_is_not_proved_publishes_nothing(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), request(), mentor(), mentor()):
        await matching.handle(event)

    await runners(solved_by=faults.miss_the_best).step()

    assert await pairs_told(matching) == []
    kept = await last_round(matching)
    assert (kept["state"], kept["reason"], kept["pairs"]) == ("failed", "unproved", 0)
    assert len(kept["result"]) == 1
    assert kept["certificate"]["most_pairs"]["value"] == 2
    assert kept["violations"]
    assert metric(matching, "rounds_total", state="rejected") == 1


async def test_after_a_failure_the_pool_is_asked_for_again_but_not_at_once(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), mentor()):
        await matching.handle(event)
    await runners(solved_by=faults.miss_the_best).step()
    matching.clock.advance(days=90)

    assert not await runners().step()

    await matching.pool.execute(
        "UPDATE rounds SET finished_at = finished_at - $1::interval", timedelta(seconds=LEASE)
    )
    assert await runners().step()
    assert len(await pairs_told(matching)) == 1


async def test_an_engine_that_raises_ends_the_round_with_its_reason(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), mentor()):
        await matching.handle(event)

    assert await runners(solved_by=faults.raise_fault).step()

    kept = await last_round(matching)
    assert (kept["state"], kept["reason"]) == ("failed", "NoOptimum")
    assert metric(matching, "rounds_total", state="failed") == 1
    assert await pairs_told(matching) == []


async def test_a_published_round_keeps_its_proof(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), request(), mentor()):
        await matching.handle(event)
    await runners().step()

    kept = await last_round(matching)

    assert kept["certificate"]["format"] == "binome-certificate/1"
    assert kept["certificate"]["score"]["gap"] == kept["gap"] == 0
    assert kept["violations"] == kept["faulty"] == []
    assert kept["policy"]["objective"] == "most_pairs"
    assert metric(matching, "rounds_total", state="published") == 1
    assert metric(matching, "pairs_total") == 1
    assert metric(matching, "round_seconds_count") == 1
