"""Newcomers who may be somebody known are kept and not matched; some people are kept apart."""

from uuid import uuid4

import pytest

from services.matching.store.evidence import RoundArchive
from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import (
    BirthDateCorrected,
    HoldLifted,
    MentorRegistered,
    PairUndone,
    PersonKeptApart,
    RequestConfirmed,
)
from shared.contracts.types import Side
from tests.integration.matching.people import SINCE, mentor, request
from tests.integration.matching.stored_pairs import pairs_told, state_of
from tests.support.service_harness import ServiceHarness


def lift(event: RequestConfirmed | MentorRegistered) -> HoldLifted:
    if isinstance(event, MentorRegistered):
        return HoldLifted(side="mentor", person_id=event.mentor_id, request_id=event.mentor_id)
    return HoldLifted(side="mentee", person_id=event.mentee_id, request_id=event.request_id)


async def test_a_held_request_waits_outside_the_pool(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    held = request().model_copy(update={"held": True})
    await matching.handle(held)
    await matching.handle(mentor())
    assert not await runner.step()
    assert await state_of(matching, held.request_id) == "held"


async def test_a_lifted_request_is_matched_with_its_old_date(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    held = request().model_copy(update={"held": True})
    await matching.handle(held)
    await matching.handle(mentor())
    await matching.handle(lift(held))
    since = await matching.pool.fetchval("SELECT since FROM requests")
    assert since == SINCE
    await runner.step()
    (pair,) = await pairs_told(matching)
    assert pair.request_id == held.request_id


async def test_a_held_mentor_has_no_place_until_the_hold_is_lifted(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    held = mentor(capacity=2).model_copy(update={"held": True})
    await matching.handle(request())
    await matching.handle(held)
    assert not await runner.step()
    event_id = uuid4()
    assert await matching.handle(lift(held), event_id)
    assert not await matching.handle(lift(held), event_id)
    await runner.step()
    (pair,) = await pairs_told(matching)
    assert pair.mentor_id == held.mentor_id
    assert await matching.pool.fetchval("SELECT capacity FROM mentors") == 2


async def test_a_hold_may_be_lifted_before_it_is_placed(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    held_request = request().model_copy(update={"held": True})
    held_mentor = mentor().model_copy(update={"held": True})
    await matching.handle(lift(held_request))
    await matching.handle(lift(held_mentor))
    await matching.handle(held_request)
    await matching.handle(held_mentor)
    await runner.step()
    assert len(await pairs_told(matching)) == 1


async def test_lifting_a_hold_does_not_open_what_is_closed(matching: ServiceHarness) -> None:
    asked = request().model_copy(update={"held": True})
    await matching.handle(asked)
    await matching.pool.execute("UPDATE requests SET state = 'closed'")
    await matching.handle(lift(asked))
    assert await state_of(matching, asked.request_id) == "closed"


async def test_people_kept_apart_are_never_paired(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    helper = mentor()
    asked = request().model_copy(update={"apart_from": (helper.mentor_id, uuid4())})
    await matching.handle(helper)
    await matching.handle(asked)
    await runner.step()
    assert await pairs_told(matching) == []


async def test_a_mentor_who_comes_later_is_kept_apart_too(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked = request()
    await matching.handle(asked)
    await matching.handle(mentor().model_copy(update={"apart_from": (asked.mentee_id,)}))
    await runner.step()
    assert await pairs_told(matching) == []


async def test_stored_inputs_say_who_is_kept_apart(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    helper, elsewhere = mentor(), uuid4()
    asked = request().model_copy(update={"apart_from": (helper.mentor_id, elsewhere)})
    await matching.handle(helper)
    await matching.handle(asked)
    await runner.step()
    round_id = await matching.pool.fetchval("SELECT round_id FROM rounds")
    async with matching.pool.acquire() as connection:
        stored = await RoundArchive(connection).get(round_id)
    assert stored is not None
    (mentee,) = stored.to_input().mentees
    assert mentee.avoid == {str(helper.mentor_id)}


@pytest.mark.parametrize("side", ["mentee", "mentor"])
async def test_a_pair_that_may_not_be_is_undone_before_its_introduction(
    matching: ServiceHarness, runner: RoundRunner, side: Side
) -> None:
    helper, asked = mentor(), request()
    await matching.handle(helper)
    await matching.handle(asked)
    await runner.step()
    assert len(await pairs_told(matching)) == 1
    people = {"mentee": asked.mentee_id, "mentor": helper.mentor_id}
    other = people["mentor" if side == "mentee" else "mentee"]
    kept = PersonKeptApart(side=side, person_id=people[side], apart_from=(other,))
    await matching.handle(kept)
    undone = [event for event in await matching.take_events() if isinstance(event, PairUndone)]
    assert [(event.mentee_id, event.mentor_id) for event in undone] == [
        (asked.mentee_id, helper.mentor_id)
    ]
    await matching.handle(kept)
    await runner.step()
    assert await pairs_told(matching) == []


async def test_a_corrected_year_of_birth_is_what_gates_judge(matching: ServiceHarness) -> None:
    asked, helper = request(), mentor()

    async def years() -> tuple[str | None, str | None]:
        return (
            await matching.pool.fetchval("SELECT criteria->>'birth_year' FROM requests"),
            await matching.pool.fetchval("SELECT criteria->>'birth_year' FROM mentors"),
        )

    async def correct(year: int | None) -> None:
        for side, person in (("mentee", asked.mentee_id), ("mentor", helper.mentor_id)):
            fields = {"side": side, "person_id": person, "subject_id": person, "birth_year": year}
            await matching.handle(BirthDateCorrected.model_validate(fields))

    await matching.handle(asked)
    await matching.handle(helper)
    await correct(None)
    assert await years() == (None, None)
    await correct(2010)
    assert await years() == ("2010", "2010")
    again = asked.model_copy(update={"request_id": uuid4()})
    await matching.handle(again)
    year = await matching.pool.fetchval(
        "SELECT criteria->>'birth_year' FROM requests WHERE request_id = $1", again.request_id
    )
    assert year == "2010", "a correction counts more than a repeated older form"
