"""A large round is published in batches: short transactions, and a crash loses nothing."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from services.matching.solver_process.race import Interrupted
from services.matching.store import ClaimedRound, PublicationBatches
from services.matching.use_cases.publish_round import Publishing, RoundLost, publish_next_batch
from shared.contracts.events import MentorRegistered, RequestConfirmed
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.held_rounds import claimed_round, outcome_of
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import count_taken, last_round, metric, pairs_told
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import PATIENCE

LEASE = timedelta(hours=1)
BATCH = 4


@pytest.fixture
async def people(matching: ServiceHarness) -> tuple[list[RequestConfirmed], list[MentorRegistered]]:
    """Ten requests, five mentors of two places."""
    asked, offered = [request() for _ in range(10)], [mentor(capacity=2) for _ in range(5)]
    for event in (*asked, *offered):
        await matching.handle(event)
    return asked, offered


@pytest.fixture
async def accepted(
    matching: ServiceHarness, people: tuple[list[RequestConfirmed], list[MentorRegistered]]
) -> ClaimedRound:
    """A round of ten pairs, in three batches, none of which is published yet."""
    asked, offered = people
    pairs = [(a.request_id, offered[n // 2].mentor_id, 0.5) for n, a in enumerate(asked)]
    claimed = await claimed_round(matching)
    await Publishing(matching.runtime, LEASE).accept(claimed, outcome_of(pairs, BATCH))
    return claimed


async def tell_one(matching: ServiceHarness, claimed: ClaimedRound) -> None:
    async with matching.runtime.begin() as tx:
        assert await publish_next_batch(claimed, LEASE, tx) is None


class Crash(Exception):
    """The process ends before its commit."""


async def crash_while_telling(matching: ServiceHarness, claimed: ClaimedRound) -> None:
    async with matching.runtime.begin() as tx:
        await publish_next_batch(claimed, LEASE, tx)
        raise Crash


async def test_each_batch_is_a_transaction_of_its_own(
    matching: ServiceHarness, accepted: ClaimedRound
) -> None:
    request_ids: list[UUID] = []
    for size in (4, 4, 2):
        await tell_one(matching, accepted)
        batch = await pairs_told(matching)
        assert len(batch) == size
        request_ids += [pair.request_id for pair in batch]
        assert (await last_round(matching))["state"] == "running"
    ended = await Publishing(matching.runtime, LEASE).publish(accepted)
    assert (ended.pairs, ended.dropped) == (10, 0)
    assert len(set(request_ids)) == 10
    assert (await last_round(matching))["state"] == "published"
    assert await matching.pool.fetchval("SELECT count(*) FROM round_portions") == 0


async def test_a_crash_within_a_batch_leaves_it_unpublished(
    matching: ServiceHarness, accepted: ClaimedRound
) -> None:
    await tell_one(matching, accepted)
    with pytest.raises(Crash):
        await crash_while_telling(matching, accepted)
    assert len(await pairs_told(matching)) == BATCH
    assert (await last_round(matching))["pairs"] == BATCH


async def test_what_was_laid_out_before_a_crash_is_laid_out_anew(
    matching: ServiceHarness, people: tuple[list[RequestConfirmed], list[MentorRegistered]]
) -> None:
    """Laid out and not accepted: the round is solved again, perhaps to another end."""
    asked, offered = people
    pairs = [(a.request_id, offered[n // 2].mentor_id, 0.5) for n, a in enumerate(asked)]
    claimed = await claimed_round(matching)
    async with matching.runtime.begin() as tx:
        await PublicationBatches(tx.connection).lay_out(
            claimed.round_id, outcome_of(pairs, 1).batches, 0
        )

    publishing = Publishing(matching.runtime, LEASE)
    await publishing.accept(claimed, outcome_of(pairs[:6], 1))
    ended = await publishing.publish(claimed)

    assert (ended.pairs, ended.dropped) == (6, 0)
    request_ids = {pair.request_id for pair in await pairs_told(matching)}
    assert request_ids == {one.request_id for one in asked[:6]}


async def test_a_round_that_is_being_published_is_enqueued_once(
    matching: ServiceHarness, accepted: ClaimedRound
) -> None:
    await tell_one(matching, accepted)
    with pytest.raises(RoundLost):
        await Publishing(matching.runtime, LEASE).accept(accepted, outcome_of([], BATCH))
    assert (await Publishing(matching.runtime, LEASE).publish(accepted)).pairs == 10


async def test_another_replica_goes_on_where_the_first_fell_silent(
    matching: ServiceHarness, runners: RunnerFactory, accepted: ClaimedRound
) -> None:
    await tell_one(matching, accepted)
    await matching.pool.execute("UPDATE rounds SET lease_until = now() - interval '1 s'")

    assert await runners().step()

    assert len(await pairs_told(matching)) == 10
    with pytest.raises(RoundLost):
        await Publishing(matching.runtime, LEASE).publish(accepted)
    ended = await last_round(matching)
    assert (ended["state"], ended["pairs"], ended["dropped"]) == ("published", 10, 0)
    assert metric(matching, "pairs_total") == 10


async def test_many_replicas_publish_each_pair_once(
    matching: ServiceHarness, runners: RunnerFactory, accepted: ClaimedRound
) -> None:
    """One runner goes on publishing under an old claim while others take the round over."""
    await matching.pool.execute("UPDATE rounds SET lease_until = now() - interval '1 s'")
    publishing = Publishing(matching.runtime, LEASE)
    await asyncio.gather(
        *(publishing.publish(accepted) for _ in range(4)),
        *(runners().step() for _ in range(4)),
        return_exceptions=True,
    )
    counts = Counter(pair.request_id for pair in await pairs_told(matching))
    assert len(counts) == 10
    assert set(counts.values()) == {1}
    assert (await last_round(matching))["state"] == "published"


async def test_a_service_that_stops_leaves_the_rest_to_others_at_once(
    matching: ServiceHarness, runners: RunnerFactory, accepted: ClaimedRound
) -> None:
    await tell_one(matching, accepted)
    matching.runtime.stopping.set()
    with pytest.raises(Interrupted):
        await Publishing(matching.runtime, LEASE).publish(accepted)
    await runners().publish(accepted)
    left = await last_round(matching)
    assert (left["state"], left["claim"], left["pairs"]) == ("queued", None, BATCH)

    matching.runtime.stopping.clear()
    assert await runners().step()
    assert len(await pairs_told(matching)) == 10


async def test_a_pool_has_no_second_round_while_one_is_published(
    matching: ServiceHarness, runners: RunnerFactory, accepted: ClaimedRound
) -> None:
    """Whatever comes in meanwhile waits for the next; other pools go on."""
    await tell_one(matching, accepted)
    late, elsewhere = request(), request("rural", level="primary")
    for event in (late, elsewhere, mentor(), mentor(levels=("primary",))):
        await matching.handle(event)
    matching.clock.advance(hours=2)

    assert sum(await asyncio.gather(*(runners().ask() for _ in range(8)))) == 1
    assert await runners().step()
    assert elsewhere.request_id in {pair.request_id for pair in await pairs_told(matching)}

    await Publishing(matching.runtime, LEASE).publish(accepted)
    assert await runners().step()
    assert late.request_id in {pair.request_id for pair in await pairs_told(matching)}


async def test_who_is_proposed_already_is_held(
    matching: ServiceHarness,
    accepted: ClaimedRound,
    people: tuple[list[RequestConfirmed], list[MentorRegistered]],
) -> None:
    """Between two batches another pool takes places: what is left goes to the best scores."""
    _, offered = people
    await tell_one(matching, accepted)
    others = [request(programme="rural") for _ in range(10)]
    for event in others:
        await matching.handle(event)
    pairs = [(a.request_id, offered[n // 2].mentor_id, 0.9) for n, a in enumerate(others)]
    elsewhere = await claimed_round(matching, "rural")
    publishing = Publishing(matching.runtime, LEASE)
    await publishing.accept(elsewhere, outcome_of(pairs, BATCH))
    assert (await publishing.publish(elsewhere)).pairs == 10 - BATCH

    rest = await publishing.publish(accepted)

    assert (rest.pairs, rest.dropped) == (BATCH, 10 - BATCH)
    assert [await count_taken(matching, one.mentor_id) for one in offered] == [2] * 5
    published = await pairs_told(matching)
    assert len(published) == len({pair.request_id for pair in published}) == 10


async def test_the_best_scores_come_first_across_batches(matching: ServiceHarness) -> None:
    offered, asked = mentor(capacity=2), [request() for _ in range(9)]
    for event in (offered, *asked):
        await matching.handle(event)
    pairs = [(a.request_id, offered.mentor_id, n / 10) for n, a in enumerate(asked)]
    claimed = await claimed_round(matching)
    publishing = Publishing(matching.runtime, LEASE)
    await publishing.accept(claimed, outcome_of(pairs, 3))
    await publishing.publish(claimed)
    request_ids = {pair.request_id for pair in await pairs_told(matching)}
    assert request_ids == {asked[7].request_id, asked[8].request_id}


async def test_a_round_that_cannot_be_published_fails_and_its_pairs_stay(
    matching: ServiceHarness, runners: RunnerFactory, accepted: ClaimedRound
) -> None:
    await tell_one(matching, accepted)
    await matching.pool.execute('UPDATE round_portions SET pairs = \'[{"score": "x"}]\'')
    await matching.pool.execute("UPDATE rounds SET lease_until = now() - interval '1 s'")
    tries = 0
    while (await last_round(matching))["state"] != "failed":
        assert await runners().step()
        tries += 1
    given_up = await last_round(matching)
    assert tries <= 7
    assert (given_up["reason"], given_up["pairs"]) == ("too_many_attempts", BATCH)
    assert await matching.pool.fetchval("SELECT count(*) FROM round_portions") == 0
    assert len(await pairs_told(matching)) == BATCH


async def test_events_are_handled_between_two_batches(
    matching: ServiceHarness,
    accepted: ClaimedRound,
    people: tuple[list[RequestConfirmed], list[object]],
) -> None:
    """People of a later batch are not locked while an earlier one is published."""
    asked, _ = people
    async with matching.runtime.begin() as tx:
        assert await publish_next_batch(accepted, LEASE, tx) is None
        held = {pair["request_id"] for pair in await tx.connection.fetch("SELECT * FROM pairs")}
        free = next(one for one in asked if one.request_id not in held)
        async with asyncio.timeout(PATIENCE):  # for ever, were the row locked
            await matching.pool.execute(
                "UPDATE requests SET state = 'closed' WHERE request_id = $1", free.request_id
            )
    ended = await Publishing(matching.runtime, LEASE).publish(accepted)
    assert (ended.pairs, ended.dropped) == (9, 1)
