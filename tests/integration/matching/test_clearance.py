"""A clearance is judged on the day of the round and again when two are put together."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.deadlines import PAUSE_TIME
from shared.contracts.events import (
    ClearanceChanged,
    MentorRegistered,
    PairConfirmed,
    PairIntroduced,
    PairPaused,
    PairProposed,
    PairResumed,
    PairUndone,
)
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import (
    IN_ORDER,
    PROGRAMME,
    Couple,
    answer,
    ledger,
    of_kind,
    propose,
)
from tests.integration.matching.stored_pairs import count_taken, state_of
from tests.integration.owners import count_unowned, lose_timers
from tests.support.service_harness import ServiceHarness

ADULT: dict[str, Any] = {"birth_year": None}


def today(matching: ServiceHarness) -> date:
    return matching.clock.now().date()


def clearance(mentor_id: UUID, until: date | None) -> ClearanceChanged:
    reason: Any = "withdrawn" if until is None else "recorded"
    return ClearanceChanged(
        mentor_id=mentor_id, cleared_until=until, association="tandem_avenir", reason=reason
    )


async def test_a_clearance_that_ended_yesterday_meets_no_minor(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    ended = mentor(cleared_until=today(matching) - timedelta(days=1))
    for event in (request(), ended):
        await matching.handle(event)
    await runner.step()
    assert of_kind(await matching.take_events(), PairProposed) == []


async def test_its_last_day_counts(matching: ServiceHarness, runner: RoundRunner) -> None:
    for event in (request(), mentor(cleared_until=today(matching))):
        await matching.handle(event)
    assert await runner.step()
    assert len(of_kind(await matching.take_events(), PairConfirmed)) == 1


async def test_a_clearance_that_ends_between_round_and_telling_makes_no_pair(
    matching: ServiceHarness,
) -> None:
    """One of two pairs of a round is no longer safe when it is published: the other is made."""
    minor, adult = request(), request(**ADULT)
    ended, fine = mentor(), mentor(cleared=False)
    for event in (minor, adult, ended, fine, clearance(ended.mentor_id, None)):
        await matching.handle(event)
    assert await propose(matching, minor, ended) == 0
    assert await propose(matching, adult, fine) == 1
    assert await state_of(matching, minor.request_id) == "waiting"
    assert await count_taken(matching, ended.mentor_id) == 0
    assert await ledger(matching) == IN_ORDER


async def test_the_last_yes_after_the_end_confirms_nobody(
    asking: ServiceHarness, couple: Couple, links: dict[str, str]
) -> None:
    asked, offered = couple
    until = asking.clock.now().date()
    await asking.handle(clearance(offered.mentor_id, until))
    await answer(asking, links["mentee"], "accepted")
    asking.clock.advance(days=1)
    await asking.take_events()
    await answer(asking, links["mentor"], "accepted")
    events = await asking.take_events()
    assert of_kind(events, PairConfirmed) == []
    (undone,) = of_kind(events, PairUndone)
    assert (undone.reason, undone.accepted_by) == ("clearance_ended", "mentee")
    assert await state_of(asking, asked.request_id) == "waiting"
    assert await ledger(asking) == IN_ORDER


async def test_a_withdrawal_undoes_open_propositions_with_minors_only(
    asking: ServiceHarness,
) -> None:
    minor, adult, offered = request(PROGRAMME), request(PROGRAMME, **ADULT), mentor(capacity=2)
    for event in (minor, adult, offered):
        await asking.handle(event)
    for asked in (minor, adult):
        assert await propose(asking, asked, offered) == 1
    await asking.take_events()
    await asking.handle(clearance(offered.mentor_id, None))
    events = await asking.take_events()
    assert [event.request_id for event in of_kind(events, PairUndone)] == [minor.request_id]
    assert of_kind(events, PairPaused) == []
    assert await state_of(asking, adult.request_id) == "paired"
    assert await count_taken(asking, offered.mentor_id) == 1


async def test_a_pair_that_stands_is_paused_once_and_resumed(matching: ServiceHarness) -> None:
    minor, offered = request(), mentor()
    for event in (minor, offered):
        await matching.handle(event)
    assert await propose(matching, minor, offered) == 1
    (pair,) = of_kind(await matching.take_events(), PairConfirmed)
    for _ in range(2):
        await matching.handle(clearance(offered.mentor_id, None))
    (paused,) = of_kind(await matching.take_events(), PairPaused)
    assert (paused.pair_id, paused.mentee_id) == (pair.pair_id, minor.mentee_id)
    for _ in range(2):
        await matching.handle(clearance(offered.mentor_id, today(matching)))
    events = await matching.take_events()
    assert [event.pair_id for event in of_kind(events, PairResumed)] == [pair.pair_id]


async def paused_pair(matching: ServiceHarness) -> tuple[PairPaused, MentorRegistered]:
    minor, offered = request(), mentor()
    for event in (minor, offered):
        await matching.handle(event)
    assert await propose(matching, minor, offered) == 1
    await matching.handle(clearance(offered.mentor_id, None))
    (paused,) = of_kind(await matching.take_events(), PairPaused)
    return paused, offered


def introduction_of(pair: PairPaused) -> PairIntroduced:
    return PairIntroduced(**pair.model_dump(include=set(PairIntroduced.model_fields)))


async def test_a_pause_ends_with_the_pair_and_both_are_told(matching: ServiceHarness) -> None:
    paused, offered = await paused_pair(matching)
    await matching.handle(introduction_of(paused))
    assert paused.ends_at == matching.clock.now() + PAUSE_TIME
    assert await count_unowned(matching) == {}
    matching.clock.advance(days=PAUSE_TIME.days - 1)
    await matching.fire_due()
    assert of_kind(await matching.take_events(), PairUndone) == []
    matching.clock.advance(days=1)
    await matching.fire_due()
    (undone,) = of_kind(await matching.take_events(), PairUndone)
    assert (undone.reason, undone.introduced, undone.tell) == (
        "clearance_ended",
        True,
        ("mentee", "mentor"),
    )
    assert await state_of(matching, paused.request_id) == "waiting"
    assert await count_taken(matching, offered.mentor_id) == 0
    assert await count_unowned(matching) == {}


async def test_a_pair_that_goes_on_in_time_is_not_ended(matching: ServiceHarness) -> None:
    paused, offered = await paused_pair(matching)
    await matching.handle(introduction_of(paused))
    await matching.handle(clearance(offered.mentor_id, today(matching) + timedelta(days=400)))
    matching.clock.advance(days=PAUSE_TIME.days + 1)
    await matching.fire_due()
    assert of_kind(await matching.take_events(), PairUndone) == []


async def test_a_pause_without_an_end_is_counted(matching: ServiceHarness) -> None:
    paused, _ = await paused_pair(matching)
    await matching.handle(introduction_of(paused))
    await lose_timers(matching)
    assert await count_unowned(matching) == {"pauses": 1}


@pytest.mark.parametrize("mentee", [ADULT, {"birth_year": 1999}])
async def test_pairs_of_adults_go_on(matching: ServiceHarness, mentee: dict[str, Any]) -> None:
    adult, offered = request(**mentee), mentor()
    for event in (adult, offered):
        await matching.handle(event)
    assert await propose(matching, adult, offered) == 1
    await matching.take_events()
    await matching.handle(clearance(offered.mentor_id, None))
    assert await matching.take_events() == []


async def test_a_mentor_of_a_later_clearance_is_new_to_the_pool(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    offered = mentor(cleared=False)
    for event in (request(), offered):
        await matching.handle(event)
    await runner.step()
    await matching.handle(clearance(offered.mentor_id, today(matching)))
    matching.clock.advance(hours=2)
    assert await runner.step()
    assert len(of_kind(await matching.take_events(), PairConfirmed)) == 1


async def test_a_mentor_under_18_meets_minors_only(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    adult, minor = request(**ADULT), request()
    young = mentor(birth_year=today(matching).year - 17, capacity=2)
    for event in (adult, minor, young):
        await matching.handle(event)
    assert await runner.step()
    (made,) = of_kind(await matching.take_events(), PairConfirmed)
    assert made.request_id == minor.request_id


async def test_news_of_a_mentor_nobody_knows_changes_nothing(matching: ServiceHarness) -> None:
    await matching.handle(clearance(mentor().mentor_id, None))
    assert await matching.take_events() == []
