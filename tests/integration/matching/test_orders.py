"""An event about a person may come before the person's own: every gate still holds."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import (
    BirthdayReached,
    ClearanceChanged,
    PairConfirmed,
    PersonErased,
)
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import of_kind
from tests.support.service_harness import ServiceHarness


def clearance(mentor_id: UUID, until: date | None) -> ClearanceChanged:
    reason: Any = "withdrawn" if until is None else "recorded"
    return ClearanceChanged(mentor_id=mentor_id, cleared_until=until, reason=reason)


def birthday(person_id: UUID, side: Any) -> BirthdayReached:
    return BirthdayReached(person_id=person_id, side=side, subject_id=person_id, age=18)


async def pairs(matching: ServiceHarness, runner: RoundRunner) -> int:
    await runner.step()
    return len(of_kind(await matching.take_events(), PairConfirmed))


@pytest.mark.parametrize("until", [None, -1])
async def test_a_clearance_that_ended_before_its_mentor_is_known_meets_no_minor(
    matching: ServiceHarness, runner: RoundRunner, until: int | None
) -> None:
    cleared = mentor()
    today = matching.clock.now().date()
    day = None if until is None else today + timedelta(days=until)
    for event in (clearance(cleared.mentor_id, day), cleared, request()):
        await matching.handle(event)
    assert await pairs(matching, runner) == 0


async def test_a_clearance_recorded_before_its_mentor_is_known_counts(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    uncleared = mentor(cleared=False)
    day = matching.clock.now().date() + timedelta(days=300)
    for event in (clearance(uncleared.mentor_id, day), uncleared, request()):
        await matching.handle(event)
    assert await pairs(matching, runner) == 1


async def test_the_latest_change_before_its_mentor_counts_and_a_later_one_more(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    cleared = mentor()
    until = matching.clock.now().date() + timedelta(days=300)
    for day in (until, None):
        await matching.handle(clearance(cleared.mentor_id, day))
    await matching.handle(cleared)
    await matching.handle(request())
    assert await pairs(matching, runner) == 0
    matching.clock.advance(hours=2)
    await matching.handle(clearance(cleared.mentor_id, until))
    assert await pairs(matching, runner) == 1


@pytest.mark.parametrize("birthday_first", [True, False])
async def test_somebody_of_18_is_an_adult_in_any_order(
    matching: ServiceHarness, runner: RoundRunner, birthday_first: bool
) -> None:
    asked = request(birth_year=matching.clock.now().year - 17)
    events = [asked, birthday(asked.mentee_id, "mentee")]
    for event in (*(reversed(events) if birthday_first else events), mentor(cleared=False)):
        await matching.handle(event)
    assert await pairs(matching, runner) == 1


@pytest.mark.parametrize("birthday_first", [True, False])
async def test_a_mentor_of_18_meets_adults_in_any_order(
    matching: ServiceHarness, runner: RoundRunner, birthday_first: bool
) -> None:
    young = mentor(birth_year=matching.clock.now().year - 17)
    events = [young, birthday(young.mentor_id, "mentor")]
    for event in (*(reversed(events) if birthday_first else events), request(birth_year=None)):
        await matching.handle(event)
    assert await pairs(matching, runner) == 1


async def test_nothing_of_an_erased_person_is_kept_ahead(matching: ServiceHarness) -> None:
    gone = mentor().mentor_id
    events = (
        clearance(gone, None),
        birthday(gone, "mentor"),
        PersonErased(person_id=gone, side="mentor"),
    )
    for order in (events, reversed(events)):
        for event in order:
            await matching.handle(event)
        await matching.fire_due()
    for table in ("births", "clearances_ahead"):
        assert await matching.pool.fetchval(f"SELECT count(*) FROM {table}") == 0
