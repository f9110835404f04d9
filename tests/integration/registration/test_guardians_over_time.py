"""What introductions and birthdays change for a guardian."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.events import (
    BirthdayReached,
    ConfirmationAsked,
    ConsentAsked,
    GuardianNamed,
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    MinorIntroduced,
    PairIntroduced,
    PairUndone,
    RequestConfirmed,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import DECLARED, path_of, register
from tests.integration.registration.guardians import (
    CHILD,
    HTML,
    OURS,
    PARENT,
    PUPIL,
    come,
    kinds,
    send_to_guardian,
    state,
)
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young


@pytest.mark.usefixtures("consent_until_18")
async def test_a_programme_may_ask_the_guardian_until_18(s: ServiceHarness, partner: str) -> None:
    events = await come(s, PUPIL | PARENT)
    assert ConsentAsked in kinds(events)
    assert await state(s) == "awaiting_consent"
    await s.client.post(
        path_of(s, "consent", pick_event(MenteeRegistered, events).request_id), data=DECLARED
    )
    assert RequestConfirmed in kinds(await s.take_events())


async def test_a_guardian_of_a_minor_is_told_of_the_introduction(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, PUPIL | PARENT)
    request = events[0]
    assert isinstance(request, MenteeRegistered)
    introduced = PairIntroduced(
        pair_id=uuid4(), request_id=request.request_id, mentee_id=request.mentee_id,
        mentor_id=uuid4(), association=OURS,
    )  # fmt: skip
    await s.take_events()
    await s.handle(introduced)
    assert kinds(await s.take_events()) == [MinorIntroduced]


async def test_of_a_pair_that_is_over_by_then_no_guardian_is_told(
    s: ServiceHarness, partner: str
) -> None:
    request = (await come(s, PUPIL | PARENT))[0]
    assert isinstance(request, MenteeRegistered)
    pair: dict[str, Any] = {
        "pair_id": uuid4(), "request_id": request.request_id, "mentee_id": request.mentee_id,
        "mentor_id": uuid4(), "association": OURS,
    }  # fmt: skip
    await s.handle(PairUndone(**pair, reason="mentor_left"))
    await s.handle(PairIntroduced(**pair))
    assert await s.take_events() == []


async def test_an_adult_has_no_guardian_here(s: ServiceHarness, partner: str) -> None:
    events = await come(s, young() | PARENT)
    assert kinds(events)[-1] is RequestConfirmed
    assert GuardianNamed not in kinds(events)
    mentee = pick_event(MenteeRegistered, events).mentee_id
    assert (await s.client.get(path_of(s, "parent", mentee), headers=HTML)).status_code == 410
    assert await s.pool.fetchval("SELECT count(*) FROM timers") == 0


async def test_a_mentor_of_17_has_a_guardian_who_is_told_and_may_stop_it(
    s: ServiceHarness, partner: str
) -> None:
    body = {"kind": "mentor", **volunteer(born="2008-09-01"), **PARENT}
    assert (await register(s, body)).status_code == 202
    events = await s.take_events()
    mentor = pick_event(MentorRegistered, events).mentor_id
    (named,) = [event for event in events if isinstance(event, GuardianNamed)]
    assert (named.side, named.subject_id) == ("mentor", mentor)
    page = path_of(s, "parent", mentor)
    assert "propose d’être mentor" in (await s.client.get(page, headers=HTML)).text
    assert (await s.client.post(page + "/retrait")).status_code == 303
    assert kinds(await s.take_events()) == [MentorLeft]
    assert (await s.client.post(page + "/retrait")).status_code == 303
    assert await s.take_events() == [], "gone once"
    s.clock.set(datetime(2026, 8, 31, 22, 1, tzinfo=UTC))
    await s.fire_due()
    birthdays = [event for event in await s.take_events() if isinstance(event, BirthdayReached)]
    assert birthdays == [], "who left is written to no more"
    assert (await s.client.get(page, headers=HTML)).status_code == 410


@pytest.mark.parametrize("answered", [False, True])
async def test_at_15_ones_own_consent_counts(
    s: ServiceHarness, partner: str, answered: bool
) -> None:
    events = await come(s, CHILD | {"born": "2011-02-01"})
    request = pick_event(MenteeRegistered, events).request_id
    if answered:
        await s.client.post(path_of(s, "consent", request), data=DECLARED)
        await s.take_events()
    s.clock.set(datetime(2026, 1, 31, 22, 59, tzinfo=UTC))
    await s.fire_due()
    assert BirthdayReached not in kinds(await s.take_events()), "still 14 in Paris"
    s.clock.set(datetime(2026, 1, 31, 23, 1, tzinfo=UTC))
    await s.fire_due()
    events = await s.take_events()
    (birthday,) = [event for event in events if isinstance(event, BirthdayReached)]
    assert birthday.age == 15
    assert GuardianNamed in kinds(events), "the guardian is informed instead"
    await send_to_guardian(s, request)
    assert await state(s) in ("confirmed", "unrouted")
    assert (await s.client.get(path_of(s, "consent", request), headers=HTML)).status_code == 410


async def test_at_18_nobody_stands_in_between(s: ServiceHarness, partner: str) -> None:
    events = await come(s, PUPIL | {"born": "2008-01-12"})
    assert pick_event(ConfirmationAsked, events).kind == "inform"
    s.clock.set(datetime(2026, 1, 11, 23, 1, tzinfo=UTC))
    await s.fire_due()
    events = await s.take_events()
    assert [event.age for event in events if isinstance(event, BirthdayReached)] == [18]
    assert RequestConfirmed in kinds(events), "gates are judged anew"
    assert await state(s) == "confirmed"


async def test_without_an_open_request_no_birthday_is_published(
    s: ServiceHarness, partner: str
) -> None:
    request = pick_event(MenteeRegistered, await come(s, PUPIL | {"born": "2008-02-01"})).request_id
    await s.client.post(path_of(s, "request", request) + "/retrait")
    assert RequestWithdrawn in kinds(await s.take_events())
    s.clock.set(datetime(2026, 2, 1, 9, tzinfo=UTC))
    await s.fire_due()
    assert await s.take_events() == []
