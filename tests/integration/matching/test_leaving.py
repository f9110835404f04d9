"""A mentor leaves, a person is erased: their pairs are undone and they are in no pool any more."""

import pytest

from services.matching.jobs.rounds import RoundKeeper
from shared.contracts.events import (
    ErasureDone,
    MentorLeft,
    PairConfirmed,
    PairUndone,
    PersonErased,
)
from tests.integration.matching.ledger import pairs_told, state_of
from tests.integration.matching.people import SINCE, end_of, mentor, request
from tests.stage import Stage


@pytest.fixture
async def pair(matching: Stage, keeper: RoundKeeper) -> PairConfirmed:
    """A pair made by a round, of a mentor with two places."""
    await matching.handle(request())
    await matching.handle(mentor(capacity=2))
    await keeper.step()
    (made,) = await pairs_told(matching)
    return made


async def test_whoever_was_with_a_mentor_who_left_waits_again_with_the_old_date(
    matching: Stage, pair: PairConfirmed, keeper: RoundKeeper
) -> None:
    await matching.handle(MentorLeft(mentor_id=pair.mentor_id, reason="left"))
    assert await state_of(matching, pair.request_id) == "waiting"
    assert await matching.pool.fetchval("SELECT since FROM requests") == SINCE
    (undone,) = await matching.emitted()
    assert isinstance(undone, PairUndone)
    assert (undone.pair_id, undone.reason) == (pair.pair_id, "mentor_left")

    other = mentor()
    await matching.handle(other)
    matching.clock.advance(days=1)
    await keeper.step()
    (again,) = await pairs_told(matching)
    assert again.mentor_id == other.mentor_id


async def test_a_mentor_who_left_is_given_nobody(matching: Stage, keeper: RoundKeeper) -> None:
    offered = mentor(capacity=3)
    await matching.handle(offered)
    await matching.handle(MentorLeft(mentor_id=offered.mentor_id, reason="left"))
    await matching.handle(request())
    await keeper.step()
    assert await pairs_told(matching) == []


async def test_leaving_twice_is_leaving_once(matching: Stage, pair: PairConfirmed) -> None:
    left = MentorLeft(mentor_id=pair.mentor_id, reason="left")
    await matching.handle(left)
    await matching.emitted()
    await matching.handle(left)
    assert await matching.emitted() == []


async def test_the_end_of_an_engagement_whose_mentor_left_closes_no_request(
    matching: Stage, pair: PairConfirmed
) -> None:
    end = end_of(pair, left="mentor")
    await matching.handle(end)
    await matching.handle(MentorLeft(mentor_id=pair.mentor_id, reason="left"))
    assert await state_of(matching, pair.request_id) == "waiting"


async def test_an_erased_mentee_gives_the_place_back(matching: Stage, pair: PairConfirmed) -> None:
    await matching.handle(PersonErased(person_id=pair.mentee_id, side="mentee"))
    assert await matching.pool.fetchval("SELECT taken FROM mentors") == 0
    assert not await matching.pool.fetchval("SELECT count(*) FROM requests WHERE state = 'waiting'")
    assert ErasureDone(person_id=pair.mentee_id, service="matching") in await matching.emitted()


async def test_an_erased_mentor_leaves(matching: Stage, pair: PairConfirmed) -> None:
    await matching.handle(PersonErased(person_id=pair.mentor_id, side="mentor"))
    assert await state_of(matching, pair.request_id) == "waiting"
    assert ErasureDone(person_id=pair.mentor_id, service="matching") in await matching.emitted()
