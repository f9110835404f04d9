"""The last day of a clearance, and the age of mentors."""

from datetime import date, timedelta

from services.registration.domain.clearance import last_day, months_after
from shared.contracts.events import ClearanceAsked
from tests.integration.owners import count_unowned, lose_timers
from tests.integration.registration.clearances import OTHER, OWN, changes, mentor, press
from tests.integration.registration.conftest import register, sign_in
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer


async def test_the_end_is_announced_and_then_acts_as_a_withdrawal(
    s: ServiceHarness, partner: str
) -> None:
    until = date(2026, 3, 31)
    await mentor(s, cleared="2026-03-31", reference="m-1", association=OWN)
    s.clock.advance(days=51)  # 2 March, thirty days before
    await s.fire_due()
    (asked,) = [x for x in await s.take_events() if isinstance(x, ClearanceAsked)]
    assert (asked.association, asked.reason, asked.due) == (OWN, "ending", until)
    s.clock.advance(days=28)
    await s.fire_due()
    assert changes(await s.take_events()) == [], "the last day counts"
    s.clock.advance(days=2)
    await s.fire_due()
    assert changes(await s.take_events()) == [(None, OWN, "expired")]


async def test_an_extended_clearance_does_not_end_on_its_old_day(
    s: ServiceHarness, partner: str
) -> None:
    registered = await mentor(s, cleared="2026-03-31", reference="m-1", association=OWN)
    await sign_in(s, OWN)
    await press(s, registered.mentor_id, "habilitation", until="2026-12-31")
    await s.take_events()
    s.clock.advance(days=100)
    await s.fire_due()
    assert await s.take_events() == []


async def test_the_year_of_birth_travels_for_mentors_who_may_be_under_18(
    s: ServiceHarness, partner: str
) -> None:
    young = await mentor(s, born="2009-03-02")
    assert young.criteria.birth_year == 2009
    assert (await mentor(s, **OTHER)).criteria.birth_year is None


async def test_a_mentor_of_15_is_too_young(s: ServiceHarness, partner: str) -> None:
    answer = await register(s, {"kind": "mentor", **volunteer(born="2010-03-02")})
    assert answer.json()["errors"][0]["code"] == "too_young"


async def test_every_clearance_and_claim_has_a_next_action(s: ServiceHarness, partner: str) -> None:
    await mentor(s, cleared=True, reference="m-1")
    await register(s, {"kind": "mentor", **volunteer(**OTHER, cleared=True)})
    assert await count_unowned(s) == {}
    await lose_timers(s)
    assert await count_unowned(s) == {"clearances": 1, "clearance_claims": 1}


async def test_nobody_is_asked_about_somebody_who_was_erased(
    s: ServiceHarness, partner: str
) -> None:
    await register(s, {"kind": "mentor", **volunteer(cleared=True)})
    await s.pool.execute("UPDATE persons SET erased_at = now(), sealed = NULL, wrapped_key = NULL")
    await s.take_events()
    s.clock.advance(days=8)
    await s.fire_due()
    assert [x for x in await s.take_events() if isinstance(x, ClearanceAsked)] == []
    assert await count_unowned(s) == {}


def test_a_month_more_ends_on_a_day_that_exists() -> None:
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert last_day(True, date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert last_day(False, date(2026, 1, 31), 24) is None
    yesterday = date(2026, 1, 31) - timedelta(days=1)
    assert last_day(yesterday, date(2026, 1, 31), 24) is None
