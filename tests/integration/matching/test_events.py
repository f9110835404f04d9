"""How matching handles each event: new, repeated, late, about somebody unknown."""

from uuid import uuid4

import pytest

from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import PairConfirmed
from tests.integration.matching.people import end_of, mentor, request
from tests.integration.matching.stored_pairs import count_taken, pairs_told, state_of
from tests.support.service_harness import ServiceHarness


@pytest.fixture
async def pair(matching: ServiceHarness, runner: RoundRunner) -> PairConfirmed:
    """A pair made by a round, of a mentor with one place."""
    await matching.handle(request())
    await matching.handle(mentor())
    await runner.step()
    (made,) = await pairs_told(matching)
    return made


async def test_a_request_waits(matching: ServiceHarness) -> None:
    asked = request()
    await matching.handle(asked)
    assert await state_of(matching, asked.request_id) == "waiting"


async def test_a_repeated_request_is_ignored(matching: ServiceHarness) -> None:
    asked, event_id = request(), uuid4()
    assert await matching.handle(asked, event_id)
    assert not await matching.handle(asked, event_id)


async def test_a_late_duplicate_opens_nothing(
    matching: ServiceHarness, pair: PairConfirmed
) -> None:
    again = request().model_copy(update={"request_id": pair.request_id})
    await matching.handle(again)
    assert await state_of(matching, pair.request_id) == "paired"

    await matching.handle(end_of(pair))
    await matching.handle(again)
    assert await state_of(matching, pair.request_id) == "closed"


async def test_a_request_that_comes_after_its_end_does_not_wait(matching: ServiceHarness) -> None:
    asked = request()
    gone = PairConfirmed(
        pair_id=uuid4(),
        request_id=asked.request_id,
        mentee_id=asked.mentee_id,
        mentor_id=uuid4(),
        association=asked.association,
    )
    await matching.handle(end_of(gone))
    await matching.handle(asked)
    assert await state_of(matching, asked.request_id) is None


async def test_a_mentor_joins_with_their_places(matching: ServiceHarness) -> None:
    offered = mentor(capacity=3)
    await matching.handle(offered)
    row = await matching.pool.fetchrow("SELECT mentor_id, capacity, taken FROM mentors")
    assert tuple(row or ()) == (offered.mentor_id, 3, 0)


async def test_a_repeated_mentor_keeps_their_pairs(
    matching: ServiceHarness, pair: PairConfirmed
) -> None:
    again = mentor(capacity=5).model_copy(update={"mentor_id": pair.mentor_id})
    event_id = uuid4()
    assert await matching.handle(again, event_id)
    assert not await matching.handle(again, event_id)
    row = await matching.pool.fetchrow("SELECT capacity, taken FROM mentors")
    assert tuple(row or ()) == (1, 1)


async def test_a_mentor_without_a_place_calls_no_round(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await matching.handle(request())
    await matching.handle(mentor(capacity=0))
    assert not await runner.step()


async def test_an_end_frees_the_place_and_closes_the_request(
    matching: ServiceHarness, pair: PairConfirmed
) -> None:
    assert await count_taken(matching, pair.mentor_id) == 1
    await matching.handle(end_of(pair))
    assert await count_taken(matching, pair.mentor_id) == 0
    assert await state_of(matching, pair.request_id) == "closed"


async def test_a_repeated_end_frees_one_place(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await matching.handle(mentor(capacity=2))
    for _ in range(2):
        await matching.handle(request())
    await runner.step()
    first, second = await pairs_told(matching)

    event_id = uuid4()
    assert await matching.handle(end_of(first), event_id)
    assert not await matching.handle(end_of(first), event_id)
    await matching.handle(end_of(first))

    assert await count_taken(matching, first.mentor_id) == 1
    assert await state_of(matching, second.request_id) == "paired"


async def test_the_end_of_an_unknown_pair_frees_nothing(
    matching: ServiceHarness, pair: PairConfirmed
) -> None:
    for unknown in ({"pair_id": uuid4()}, {"pair_id": uuid4(), "mentor_id": uuid4()}):
        await matching.handle(end_of(pair, **unknown, request_id=uuid4()))
    assert await count_taken(matching, pair.mentor_id) == 1
    assert await state_of(matching, pair.request_id) == "paired"


async def test_an_unknown_pair_that_ended_is_never_made(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked, offered = request(), mentor()
    confirmed = PairConfirmed(
        pair_id=uuid4(),
        request_id=uuid4(),
        mentee_id=asked.mentee_id,
        mentor_id=offered.mentor_id,
        association=asked.association,
    )
    for event in (end_of(confirmed), asked, offered):
        await matching.handle(event)
    await runner.step()
    assert await pairs_told(matching) == []


async def test_a_broken_pair_never_comes_back(
    matching: ServiceHarness, runner: RoundRunner, pair: PairConfirmed
) -> None:
    await matching.handle(end_of(pair, reason="not_going_well"))
    again = request().model_copy(update={"mentee_id": pair.mentee_id})
    await matching.handle(again)
    matching.clock.advance(days=1)

    assert await runner.step()
    assert await pairs_told(matching) == []
    assert await state_of(matching, again.request_id) == "waiting"

    other = mentor()
    await matching.handle(other)
    matching.clock.advance(days=1)
    assert await runner.step()
    (made,) = await pairs_told(matching)
    assert (made.mentee_id, made.mentor_id) == (pair.mentee_id, other.mentor_id)
