"""One of a pair leaves: the engagement ends at once, and the answers of an erased person are
deleted."""

from uuid import uuid4

from shared.contracts.events import EngagementEnded, ErasureDone, MentorLeft, PersonErased
from shared.contracts.held import HELD_QUEUES, HeldAsked
from tests.integration.followup.pair import Pair


async def test_an_engagement_ends_with_the_mentor_who_leaves(pair: Pair) -> None:
    await pair.harness.handle(MentorLeft(mentor_id=pair.event.mentor_id, reason="left"))
    (ended,) = await pair.take_events()
    assert isinstance(ended, EngagementEnded)
    assert (ended.pair_id, ended.left) == (pair.event.pair_id, "mentor")


async def test_leaving_twice_ends_once(pair: Pair) -> None:
    left = MentorLeft(mentor_id=pair.event.mentor_id, reason="left")
    await pair.harness.handle(left)
    await pair.take_events()
    await pair.harness.handle(left)
    assert await pair.take_events() == []


async def test_what_an_erased_person_was_asked_and_answered_goes(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "well")
    mentee = pair.event.mentee_id
    await pair.harness.handle(PersonErased(person_id=mentee, side="mentee"))
    sides = await pair.harness.pool.fetch("SELECT DISTINCT side FROM checkins")
    assert [row["side"] for row in sides] == ["mentor"]
    assert not await pair.harness.pool.fetchval(
        "SELECT count(*) FROM engagements WHERE mentee_id = $1", mentee
    )
    events = await pair.take_events()
    assert [type(event) for event in events] == [ErasureDone], "matching informs the other side"


async def test_nothing_is_asked_after_one_has_left(pair: Pair) -> None:
    await pair.harness.handle(MentorLeft(mentor_id=pair.event.mentor_id, reason="left"))
    await pair.take_events()
    assert await pair.days(120) == []


async def test_no_engagement_begins_with_somebody_who_was_erased(pair: Pair) -> None:
    late = pair.event.model_copy(update={"pair_id": uuid4(), "request_id": uuid4()})
    await pair.harness.handle(PersonErased(person_id=pair.event.mentor_id, side="mentor"))
    await pair.take_events()
    await pair.harness.handle(late)
    begun = await pair.harness.pool.fetchval(
        "SELECT count(*) FROM engagements WHERE pair_id = $1", late.pair_id
    )
    assert begun == 0
    assert [type(event) for event in await pair.days(40)] == [EngagementEnded], (
        "the other is informed"
    )


async def test_a_person_sees_their_own_answers_and_not_the_others(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "well")
    await pair.answer("month_1", "mentor", "not_well")
    asked = HeldAsked(ids=(pair.event.mentee_id,))
    held = (await pair.harness.answer(HELD_QUEUES["followup"], asked)).tables
    assert {row["side"] for row in held["checkins"]} == {"mentee"}
    assert "well" in {row["answer"] for row in held["checkins"]}
    assert "not_well" not in str(held)
    assert len(held["engagements"]) == 1
