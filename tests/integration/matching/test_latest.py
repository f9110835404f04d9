"""Of two events about one person the later one counts, whichever is handled first: a retry changes
the order of a queue."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import (
    BirthDateCorrected,
    BirthdayReached,
    ClearanceChanged,
    Event,
    HoldLifted,
    HoldPlaced,
    PairConfirmed,
    PersonErased,
    ReachabilityChanged,
)
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import of_kind
from tests.support.service_harness import ServiceHarness

BOTH_ORDERS = pytest.mark.parametrize("turned", [False, True], ids=["in order", "swapped"])


def time_at(matching: ServiceHarness, second: int) -> Any:
    return matching.clock.now() + timedelta(seconds=second)


async def handle_in_order(matching: ServiceHarness, events: Sequence[Event], turned: bool) -> None:
    for event in reversed(events) if turned else events:
        await matching.handle(event)


async def pairs(matching: ServiceHarness, runner: RoundRunner) -> int:
    await runner.step()
    return len(of_kind(await matching.take_events(), PairConfirmed))


def clearances(matching: ServiceHarness, mentor_id: UUID, *values: bool) -> list[Event]:
    """Each a second after the one before it."""
    until = matching.clock.now().date() + timedelta(days=300)
    return [
        ClearanceChanged(
            mentor_id=mentor_id,
            cleared_until=until if yes else None,
            reason="recorded" if yes else "withdrawn",
            changed_at=time_at(matching, second),
        )
        for second, yes in enumerate(values)
    ]


@BOTH_ORDERS
@pytest.mark.parametrize("known_first", [True, False])
async def test_an_older_yes_never_overrides_a_later_no(
    matching: ServiceHarness, runner: RoundRunner, turned: bool, known_first: bool
) -> None:
    offered, asked = mentor(cleared=False), request()
    if known_first:
        await matching.handle(offered)
    await handle_in_order(matching, clearances(matching, offered.mentor_id, True, False), turned)
    for event in (offered, asked):
        await matching.handle(event)
    assert await pairs(matching, runner) == 0


@BOTH_ORDERS
async def test_a_later_yes_counts_although_an_older_no_is_handled_after_it(
    matching: ServiceHarness, runner: RoundRunner, turned: bool
) -> None:
    offered, asked = mentor(), request()
    for event in (offered, asked):
        await matching.handle(event)
    await handle_in_order(matching, clearances(matching, offered.mentor_id, False, True), turned)
    assert await pairs(matching, runner) == 1


async def test_a_change_without_date_is_older(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    offered, asked = mentor(), request()
    (yes, no) = clearances(matching, offered.mentor_id, True, False)
    undated = yes.model_copy(update={"changed_at": None})
    for event in (offered, asked, no, undated):
        await matching.handle(event)
    assert await pairs(matching, runner) == 0


@BOTH_ORDERS
async def test_whoever_is_reached_no_more_is_not_matched_by_older_news(
    matching: ServiceHarness, runner: RoundRunner, turned: bool
) -> None:
    offered, asked = mentor(), request()
    for event in (offered, asked):
        await matching.handle(event)
    news: list[Event] = [
        ReachabilityChanged(
            person_id=offered.mentor_id,
            side="mentor",
            reachable=reachable,
            changed_at=time_at(matching, second),
        )
        for second, reachable in enumerate((True, False))
    ]
    await handle_in_order(matching, news, turned)
    assert await pairs(matching, runner) == 0


@BOTH_ORDERS
@pytest.mark.parametrize("known_first", [True, False])
async def test_a_year_of_birth_that_was_corrected_later_counts(
    matching: ServiceHarness, runner: RoundRunner, turned: bool, known_first: bool
) -> None:
    """An adult, then a minor after all: no mentor who is not cleared."""
    asked, offered = request(birth_year=None), mentor(cleared=False)
    fields: dict[str, Any] = {
        "person_id": asked.mentee_id,
        "side": "mentee",
        "subject_id": asked.request_id,
    }
    minor = matching.clock.now().year - 16
    if known_first:
        await matching.handle(asked)
    events: list[Event] = [
        BirthDateCorrected(**fields, birth_year=None, changed_at=time_at(matching, 0)),
        BirthDateCorrected(**fields, birth_year=minor, changed_at=time_at(matching, 1)),
    ]
    await handle_in_order(matching, events, turned)
    for event in (asked, offered):
        await matching.handle(event)
    assert await pairs(matching, runner) == 0


@BOTH_ORDERS
async def test_an_18th_birthday_that_was_none_makes_nobody_an_adult(
    matching: ServiceHarness, runner: RoundRunner, turned: bool
) -> None:
    asked, offered = request(), mentor(cleared=False)
    fields: dict[str, Any] = {
        "person_id": asked.mentee_id,
        "side": "mentee",
        "subject_id": asked.request_id,
    }
    minor = matching.clock.now().year - 16
    for event in (asked, offered):
        await matching.handle(event)
    events: list[Event] = [
        BirthdayReached(**fields, age=18, changed_at=time_at(matching, 0)),
        BirthDateCorrected(**fields, birth_year=minor, changed_at=time_at(matching, 1)),
    ]
    await handle_in_order(matching, events, turned)
    assert await pairs(matching, runner) == 0


@BOTH_ORDERS
async def test_a_request_stays_with_the_association_that_took_it_last(
    matching: ServiceHarness, turned: bool
) -> None:
    asked = request()
    events: list[Event] = [
        asked.model_copy(update={"association": code, "changed_at": time_at(matching, second)})
        for second, code in enumerate(("tandem_avenir", "passerelle_idf"))
    ]
    await handle_in_order(matching, events, turned)
    assert await matching.pool.fetchval("SELECT association FROM requests") == "passerelle_idf"


def holds(matching: ServiceHarness, mentor_id: UUID) -> list[Event]:
    lifted, placed = time_at(matching, 0), time_at(matching, 1)
    return [
        HoldLifted(side="mentor", person_id=mentor_id, request_id=mentor_id, changed_at=lifted),
        HoldPlaced(side="mentor", person_id=mentor_id, request_id=mentor_id, changed_at=placed),
    ]


@BOTH_ORDERS
@pytest.mark.parametrize("known_first", [True, False])
async def test_a_mentor_who_is_held_again_waits(
    matching: ServiceHarness, runner: RoundRunner, turned: bool, known_first: bool
) -> None:
    offered = mentor().model_copy(update={"held": True})
    if known_first:
        await matching.handle(offered)
    await handle_in_order(matching, holds(matching, offered.mentor_id), turned)
    for event in (offered, request()):
        await matching.handle(event)
    assert await pairs(matching, runner) == 0
    again = holds(matching, offered.mentor_id)[0]
    await matching.handle(again.model_copy(update={"changed_at": time_at(matching, 2)}))
    matching.clock.advance(hours=2)
    assert await pairs(matching, runner) == 1


@BOTH_ORDERS
async def test_nothing_is_kept_of_the_dates_of_an_erased_mentor(
    matching: ServiceHarness, turned: bool
) -> None:
    gone = mentor()
    events: list[Event] = [
        *clearances(matching, gone.mentor_id, False),
        *holds(matching, gone.mentor_id),
        PersonErased(person_id=gone.mentor_id, side="mentor"),
    ]
    await matching.handle(gone)
    await handle_in_order(matching, events, turned)
    await matching.fire_due()
    for table in ("latest_changes", "holds", "births"):
        assert await matching.pool.fetchval(f"SELECT count(*) FROM {table}") == 0
