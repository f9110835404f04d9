"""Publishing: pairs that are still possible are made, batch by batch, and no place is given
twice."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from services.matching.store import ClaimedRound, Findings, Requests
from services.matching.use_cases.publish_round import Publishing, RoundLost
from services.matching.use_cases.run_rounds import RoundRunner
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.held_rounds import claimed_round, outcome_of
from tests.integration.matching.people import end_of, mentor, request
from tests.integration.matching.stored_pairs import count_taken, last_round, pairs_told, state_of
from tests.support.service_harness import ServiceHarness


async def make(matching: ServiceHarness, claimed: ClaimedRound, findings: Findings) -> int | None:
    publishing = Publishing(matching.runtime, timedelta(hours=1))
    try:
        await publishing.accept(claimed, findings)
        return (await publishing.publish(claimed)).pairs
    except RoundLost:
        return None


@pytest.mark.slow
async def test_two_hundred_rounds_for_one_place(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    """One gets it; the others wait on, and their pools are looked at again."""
    offered = mentor()
    asked = [request(f"pool-{n}") for n in range(200)]
    for event in (offered, *asked):
        await matching.handle(event)
    claims = [await claimed_round(matching, f"pool-{n}") for n in range(200)]

    made = await asyncio.gather(
        *(
            make(matching, claim, outcome_of([(one.request_id, offered.mentor_id, 0.5)]))
            for claim, one in zip(claims, asked, strict=True)
        )
    )

    assert Counter(made) == {0: 199, 1: 1}
    assert len(await pairs_told(matching)) == 1
    assert await count_taken(matching, offered.mentor_id) == 1
    assert await waiting(matching) == 199

    for _ in range(10):
        await matching.handle(mentor(capacity=20))
    matching.clock.advance(hours=2)
    await asyncio.gather(*(hold_all(runner) for runner in (runners(), runners(), runners())))
    pairs = await pairs_told(matching)
    assert len({pair.request_id for pair in pairs}) == len(pairs) == 199
    assert await waiting(matching) == 0
    assert max(Counter(pair.mentor_id for pair in pairs).values()) <= 20


@pytest.mark.slow
async def test_two_hundred_batches_of_one_round_for_one_place(matching: ServiceHarness) -> None:
    """The best score gets it, whichever runner publishes; the others wait."""
    offered = mentor()
    asked = [request() for _ in range(200)]
    for event in (offered, *asked):
        await matching.handle(event)
    pairs = [(one.request_id, offered.mentor_id, n / 200) for n, one in enumerate(asked)]
    claimed = await claimed_round(matching)
    publishing = Publishing(matching.runtime, timedelta(hours=1))
    await publishing.accept(claimed, outcome_of(pairs, batch=1))

    await asyncio.gather(*(publishing.publish(claimed) for _ in range(8)), return_exceptions=True)

    assert [pair.request_id for pair in await pairs_told(matching)] == [asked[-1].request_id]
    assert await count_taken(matching, offered.mentor_id) == 1
    assert await waiting(matching) == 199
    kept = await last_round(matching)
    assert (kept["state"], kept["pairs"], kept["dropped"]) == ("published", 1, 199)


async def waiting(matching: ServiceHarness) -> int:
    count: int = await matching.pool.fetchval(
        "SELECT count(*) FROM requests WHERE state = 'waiting'"
    )
    return count


async def hold_all(runner: RoundRunner) -> None:
    """Hold rounds for as long as there are any."""
    while await runner.step():
        pass


async def test_three_rounds_over_the_same_mentors(matching: ServiceHarness) -> None:
    """Each wants every mentor, in another order: no place twice, none lost, nobody stuck."""
    offered = [mentor() for _ in range(60)]
    asked = [[request() for _ in offered] for _ in range(3)]
    for event in (*offered, *(one for pool in asked for one in pool)):
        await matching.handle(event)
    rotated = [offered, offered[20:] + offered[:20], offered[::-1]]
    findings = [
        outcome_of([(a.request_id, m.mentor_id, 0.5) for a, m in zip(pool, order, strict=True)])
        for pool, order in zip(asked, rotated, strict=True)
    ]
    claims = [await claimed_round(matching, f"pool-{n}") for n in range(3)]

    made = await asyncio.gather(
        *(make(matching, claim, f) for claim, f in zip(claims, findings, strict=True))
    )

    assert sum(number or 0 for number in made) == 60
    pairs = await pairs_told(matching)
    assert {pair.mentor_id for pair in pairs} == {one.mentor_id for one in offered}
    assert len({pair.request_id for pair in pairs}) == 60
    assert await matching.pool.fetchval("SELECT bool_and(taken = capacity) FROM mentors")


async def test_rounds_and_ends_at_once_keep_every_count_right(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    """Ends of engagements move the same rows as a round that is being published."""
    for event in [mentor(capacity=2) for _ in range(20)] + [request() for _ in range(60)]:
        await matching.handle(event)
    await runner.step()
    pairs = await pairs_told(matching)
    assert len(pairs) == 40

    await asyncio.gather(*(matching.handle(end_of(pair)) for pair in pairs[:30]))
    matching.clock.advance(hours=2)
    await asyncio.gather(runner.step(), *(matching.handle(end_of(pair)) for pair in pairs[30:]))

    counted = await matching.pool.fetchval(
        "SELECT count(*) FROM mentors m WHERE taken <> (SELECT count(*) FROM pairs p"
        " WHERE p.mentor_id = m.mentor_id AND p.ended_at IS NULL)"
    )
    assert counted == 0


async def test_a_request_that_left_meanwhile_is_dropped(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    gone, stays = request(), request()
    for event in (gone, stays, mentor(capacity=2)):
        await matching.handle(event)
    await runner.ask()
    claimed = await runner.claim()
    assert claimed is not None
    findings = await runner.solve(claimed)
    async with matching.runtime.begin() as tx:
        await Requests(tx.connection).close(gone.request_id)

    await runner.settle(claimed, findings)

    assert [pair.request_id for pair in await pairs_told(matching)] == [stays.request_id]
    kept = await last_round(matching)
    assert (kept["pairs"], kept["dropped"]) == (1, 1)


async def test_who_lost_a_place_meanwhile_gets_another_round(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    late, offered = request(), mentor()
    for event in (late, offered):
        await matching.handle(event)
    await runner.ask()
    claimed = await runner.claim()
    assert claimed is not None
    findings = await runner.solve(claimed)
    other = request(programme="outre-mer")
    await matching.handle(other)
    elsewhere = outcome_of([(other.request_id, offered.mentor_id, 0.9)])
    assert await make(matching, await claimed_round(matching, "outre-mer"), elsewhere) == 1

    await runner.settle(claimed, findings)

    assert (await pairs_told(matching))[0].request_id == other.request_id
    assert await state_of(matching, late.request_id) == "waiting"
    await matching.handle(mentor())
    matching.clock.advance(hours=2)
    assert await runner.step()
    assert (await pairs_told(matching))[0].request_id == late.request_id


async def test_a_pool_with_dropped_pairs_is_looked_at_again_though_nothing_changed(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    for event in (request(level="primary"), mentor()):
        await matching.handle(event)
    nobody = outcome_of([(uuid4(), uuid4(), 0.5)])
    assert await make(matching, await claimed_round(matching), nobody) == 0
    matching.clock.advance(hours=2)

    assert await runner.step()
    matching.clock.advance(hours=2)
    assert not await runner.step()


async def test_two_who_were_put_together_before_are_not_again(matching: ServiceHarness) -> None:
    first, offered = request(), mentor(capacity=2)
    again = request().model_copy(update={"mentee_id": first.mentee_id})
    for event in (first, again, offered):
        await matching.handle(event)
    for asked, made in ((first, 1), (again, 0)):
        pair = outcome_of([(asked.request_id, offered.mentor_id, 0.5)])
        assert await make(matching, await claimed_round(matching, str(made)), pair) == made
    assert await count_taken(matching, offered.mentor_id) == 1
    assert await state_of(matching, again.request_id) == "waiting"


async def test_the_best_scores_keep_the_places_that_are_left(matching: ServiceHarness) -> None:
    offered = mentor(capacity=2)
    asked = [request() for _ in range(4)]
    for event in (offered, *asked):
        await matching.handle(event)
    scores = (0.2, 0.9, 0.4, 0.7)
    pairs = [(a.request_id, offered.mentor_id, s) for a, s in zip(asked, scores, strict=True)]

    assert await make(matching, await claimed_round(matching), outcome_of(pairs)) == 2

    request_ids = {pair.request_id for pair in await pairs_told(matching)}
    assert request_ids == {asked[1].request_id, asked[3].request_id}


async def test_replicas_change_nothing_in_the_result(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    """Three replicas at once on pools that share their mentors: everybody who can be is paired."""
    programmes = ("national", "outre-mer", "rural")
    for number in range(30):
        await matching.handle(request(programme=programmes[number % 3]))
        await matching.handle(mentor())
    replicas = [runners() for _ in range(3)]
    for _ in range(6):
        await asyncio.gather(*(replica.step() for replica in replicas))
        matching.clock.advance(hours=2)
        if not await waiting(matching):
            break
    pairs = await pairs_told(matching)
    assert len(pairs) == 30
    assert len({pair.mentor_id for pair in pairs}) == 30
    assert len({pair.request_id for pair in pairs}) == 30
