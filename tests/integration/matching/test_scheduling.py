"""When a round is due, and that a pool has one at a time."""

import asyncio

from services.matching.entrypoints.events import open_request, welcome_mentor
from services.matching.store.snapshot import round_input
from services.matching.use_cases.run_rounds import RoundRunner
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.people import end_of, mentor, request
from tests.integration.matching.stored_pairs import last_round, pairs_told, rounds
from tests.support.service_harness import ServiceHarness


async def settle(matching: ServiceHarness, runner: RoundRunner) -> None:
    """A first round whose pool then does not change: one still waits, one place is free."""
    for event in (request(), request(level="primary"), mentor(capacity=2)):
        await matching.handle(event)
    assert await runner.step()
    matching.clock.advance(hours=2)


async def test_an_unchanged_pool_calls_no_round(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await settle(matching, runner)
    assert not await runner.step()
    assert len(await rounds(matching)) == 1


async def test_a_change_calls_one(matching: ServiceHarness, runner: RoundRunner) -> None:
    await settle(matching, runner)
    for change in (request(), mentor()):
        await matching.handle(change)
        assert await runner.step()
        matching.clock.advance(hours=2)
        assert not await runner.step()


async def test_a_freed_place_calls_one(matching: ServiceHarness, runner: RoundRunner) -> None:
    for event in (request(), mentor(), request(level="primary")):
        await matching.handle(event)
    await runner.step()
    matching.clock.advance(hours=2)
    assert not await runner.step()

    (made,) = await pairs_told(matching)
    await matching.handle(end_of(made))
    assert await runner.step()


async def test_the_cadence_is_business_time(matching: ServiceHarness, runner: RoundRunner) -> None:
    await settle(matching, runner)
    await matching.handle(request())
    assert await runner.step()
    await matching.handle(mentor())
    await matching.handle(request())
    matching.clock.advance(minutes=59)
    assert not await runner.step()
    matching.clock.advance(minutes=1)
    assert await runner.step()


async def test_without_a_place_or_a_request_there_is_none(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await matching.handle(request())
    assert not await runner.step()
    await matching.handle(mentor())
    assert await runner.step()
    matching.clock.advance(hours=2)
    await matching.handle(mentor())
    assert not await runner.step()


async def test_of_many_replicas_one_asks(matching: ServiceHarness, runners: RunnerFactory) -> None:
    await matching.handle(request())
    await matching.handle(mentor())
    asked = await asyncio.gather(*(runners().ask() for _ in range(8)))
    assert sorted(asked) == [False] * 7 + [True]
    assert len(await rounds(matching)) == 1


async def test_of_many_replicas_one_holds(matching: ServiceHarness, runners: RunnerFactory) -> None:
    await matching.handle(request())
    await matching.handle(mentor())
    await runners().ask()
    claimed = await asyncio.gather(*(runners().claim() for _ in range(8)))
    assert sum(one is not None for one in claimed) == 1


async def test_what_was_not_committed_yet_is_seen_by_the_next(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    """The transaction began before the round was asked for and commits after it."""
    await matching.handle(request())
    await matching.handle(mentor())
    async with matching.runtime.begin() as late_request, matching.runtime.begin() as late_mentor:
        await open_request(request(), late_request)
        await welcome_mentor(mentor(), late_mentor)
        await matching.handle(mentor(levels=("primary",)))  # a later one, done before them
        assert await runner.ask()

    assert await runner.step()
    assert (await last_round(matching))["waiting"] == 1
    matching.clock.advance(hours=2)
    assert await runner.step()
    assert (await last_round(matching))["waiting"] == 1
    assert len(await pairs_told(matching)) == 2


async def test_after_a_restore_into_a_new_cluster_pools_are_looked_at_again(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    """Transaction numbers begin low again there, so new rows would count as old."""
    await settle(matching, runner)
    await matching.pool.execute("UPDATE rounds SET seen = '99999999999:99999999999:'")
    assert await runner.step()
    matching.clock.advance(hours=2)
    assert not await runner.step()


async def test_pools_are_kept_apart_and_share_mentors(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    for event in (request(), request(programme="outre-mer"), mentor(capacity=2)):
        await matching.handle(event)
    while await runner.step():
        pass
    assert {row["programme"] for row in await rounds(matching)} == {"national", "outre-mer"}
    assert {row["waiting"] for row in await rounds(matching)} == {1}
    assert {pair.programme for pair in await pairs_told(matching)} == {"national", "outre-mer"}


async def test_a_round_is_stored_as_it_can_be_held_again(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked = request(publics=("qpv",), sectors=("health",), languages=("fr", "ar"), remote=False)
    offered = mentor("tandem_avenir", capacity=3, commune="69123")
    for event in (asked, offered):
        await matching.handle(event)
    assert await runner.ask()

    stored = await last_round(matching)
    inputs = await matching.pool.fetchval("SELECT inputs::text FROM rounds")
    given = round_input(inputs, stored["policy"], stored["held_on"])
    (mentee,), (volunteer,) = given.mentees, given.mentors
    assert given.at.isoformat() == "2026-01-10"
    assert mentee.id == str(asked.request_id)
    assert (mentee.publics, mentee.sectors) == (frozenset({"qpv"}), frozenset({"health"}))
    assert (mentee.languages, mentee.remote) == (frozenset({"fr", "ar"}), False)
    assert mentee.since.isoformat() == "2026-01-04", "the day in Paris, not in Greenwich"
    assert mentee.born is not None
    assert mentee.born.isoformat() == "2009-12-31", "a year alone is read as its last day"
    assert (volunteer.id, volunteer.capacity) == (str(offered.mentor_id), 3)
    assert (volunteer.association, volunteer.commune) == ("tandem_avenir", "69123")
    assert volunteer.cleared
