"""Who sees to the guardian of a minor before anybody is introduced, and what birthdays change."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.events import (
    BirthdayReached,
    ConfirmationAsked,
    ConsentAsked,
    Event,
    GuardianNamed,
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    MessageFailed,
    MessageSent,
    MinorIntroduced,
    PairIntroduced,
    PairUndone,
    RequestConfirmed,
    RequestRouted,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import DECLARED, csrf, path_of, register, sign_in
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

HTML = {"accept": "text/html"}
PUPIL = young(born="2009-05-17")
"""16 years old on 10 January 2026."""
PARENT = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}
CHILD = young(born="2013-03-04", **PARENT)
OURS = "tandem_avenir"


def kinds(events: Iterable[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


async def come(s: ServiceHarness, person: dict[str, Any]) -> list[Event]:
    assert (await register(s, {"kind": "mentee", **person})).status_code == 202
    return await s.take_events()


async def state(s: ServiceHarness) -> str:
    value: str = await s.pool.fetchval("SELECT state FROM requests")
    return value


async def send_to_guardian(s: ServiceHarness, request: UUID) -> None:
    """Our message to the guardian has left, as notification states it."""
    await s.handle(
        MessageSent(
            message_id=uuid4(), template="guardian_informed", channel="mail",
            recipient="guardian", person=str(uuid4()), concerns=request,
        )
    )  # fmt: skip


async def see_to(
    s: ServiceHarness, request: UUID, how: str = "call", act: str = "parent"
) -> httpx.Response:
    await sign_in(s, OURS)
    page = (await s.client.get(f"/associations/demandes/{request}", headers=HTML)).text
    data = {"csrf": csrf(page), "how": how}
    return await s.client.post(f"/associations/demandes/{request}/{act}", data=data)


async def test_from_15_to_17_the_guardian_is_told_before_matching_begins(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, PUPIL | PARENT)
    assert GuardianNamed in kinds(events)
    assert RequestConfirmed not in kinds(events)
    assert ConfirmationAsked not in kinds(events), "our message does it: nobody is bothered"
    request = pick_event(MenteeRegistered, events).request_id
    await send_to_guardian(s, request)
    assert kinds(await s.take_events()) == [RequestConfirmed]
    s.clock.advance(days=30)
    await s.fire_due()
    assert await s.take_events() == []


async def test_a_message_that_left_before_charge_was_taken_counts(
    s: ServiceHarness, partner: str
) -> None:
    by_hand = {"department": "93", "needs": ["orientation"], "publics": ["qpv"]}
    events = await come(s, PUPIL | PARENT | by_hand)
    await send_to_guardian(s, pick_event(MenteeRegistered, events).request_id)
    await sign_in(s, "passerelle_idf")
    page = (await s.client.get("/associations", headers=HTML)).text
    path = (
        f"/associations/demandes/{pick_event(MenteeRegistered, events).request_id}/prise-en-charge"
    )
    await s.client.post(path, data={"csrf": csrf(page)})
    assert RequestConfirmed in kinds(await s.take_events())


async def test_without_a_contact_nobody_is_refused_and_the_association_sees_to_it(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, PUPIL)
    request = pick_event(MenteeRegistered, events).request_id
    asked = events[-1]
    assert isinstance(asked, ConfirmationAsked)
    assert (asked.kind, asked.association, asked.reminder) == ("inform", OURS, False)
    tracking = (await s.client.get(path_of(s, "request", request), headers=HTML)).text
    assert "Ton parent d’abord" in tracking
    await sign_in(s, OURS)
    assert "Informer un parent" in (await s.client.get("/associations", headers=HTML)).text
    await s.take_events()
    assert (await see_to(s, request, "somehow")).status_code == 422
    assert await state(s) == "guardian_check"
    assert (await see_to(s, request, "ase_service")).status_code == 303
    assert RequestConfirmed in kinds(await s.take_events())


async def test_a_message_that_does_not_arrive_becomes_a_task(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, PUPIL | PARENT)
    child = pick_event(MenteeRegistered, events)
    request = child.request_id
    failed = MessageFailed(
        message_id=uuid4(), template="guardian_informed", channel="mail", recipient="guardian",
        person=str(child.mentee_id), concerns=request, state="permanent-failure",
    )  # fmt: skip
    await s.handle(failed)
    assert kinds(await s.take_events()) == [ConfirmationAsked]
    assert await state(s) == "guardian_check"


async def test_our_message_that_takes_too_long_becomes_a_task(
    s: ServiceHarness, partner: str
) -> None:
    await come(s, PUPIL | PARENT)
    s.clock.advance(days=1.1)
    await s.fire_due()
    assert kinds(await s.take_events()) == [ConfirmationAsked]


async def test_under_15_the_association_confirms_the_guardian(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, CHILD)
    request = pick_event(MenteeRegistered, events).request_id
    await s.client.post(path_of(s, "consent", request), data=DECLARED)
    events = await s.take_events()
    asked = pick_event(ConfirmationAsked, events)
    assert asked.kind == "confirm", "also where charge is taken automatically"
    assert RequestConfirmed not in kinds(events)
    await sign_in(s, OURS)
    page = (await s.client.get(f"/associations/demandes/{request}", headers=HTML)).text
    who = await s.client.post(
        f"/associations/demandes/{request}/identite", data={"csrf": csrf(page)}
    )
    for text in ("Maud Marchandeau", "Mère", "maud@exemple.fr"):
        assert text in who.text, "the association must know whom to call"
    await see_to(s, request)
    assert RequestConfirmed in kinds(await s.take_events())


async def test_consent_that_a_partner_holds_is_confirmed_too(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, young(born="2013-03-04", parental_consent=True))
    assert ConsentAsked not in kinds(events)
    assert pick_event(ConfirmationAsked, events).kind == "confirm"
    await see_to(s, pick_event(MenteeRegistered, events).request_id, "partner")
    assert RequestConfirmed in kinds(await s.take_events())


async def test_the_task_has_a_reminder_and_a_deadline_past_which_it_goes_on(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, PUPIL)
    s.clock.advance(days=3)
    await s.fire_due()
    (reminder,) = await s.take_events()
    assert isinstance(reminder, ConfirmationAsked)
    assert reminder.reminder
    s.clock.advance(days=3)
    await s.fire_due()
    again = [event for event in await s.take_events() if isinstance(event, RequestRouted)]
    assert again == [] or again[0].association != OURS
    history = await s.pool.fetch("SELECT association, outcome FROM routings ORDER BY turn")
    assert tuple(history[0]) == (OURS, "silent")
    assert await see_to_is_closed(s, pick_event(MenteeRegistered, events).request_id)


async def see_to_is_closed(s: ServiceHarness, request: UUID) -> bool:
    await sign_in(s, OURS)
    return (await s.client.get(f"/associations/demandes/{request}")).status_code == 404


async def test_a_guardian_who_says_no_to_the_association_stops_everything(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, PUPIL)
    await see_to(s, pick_event(MenteeRegistered, events).request_id, act="parent/opposition")
    assert RequestWithdrawn in kinds(await s.take_events())
    assert await state(s) == "consent_withdrawn"


async def test_another_association_sees_to_nothing(s: ServiceHarness, partner: str) -> None:
    events = await come(s, PUPIL)
    await sign_in(s, "passerelle_idf")
    page = (await s.client.get("/associations", headers=HTML)).text
    path = f"/associations/demandes/{pick_event(MenteeRegistered, events).request_id}/parent"
    await s.client.post(path, data={"csrf": csrf(page), "how": "call"})
    assert await state(s) == "guardian_check"


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
    assert GuardianNamed in kinds(events), "the guardian is told instead"
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


async def test_who_asks_for_nothing_any_more_hears_of_no_birthday(
    s: ServiceHarness, partner: str
) -> None:
    request = pick_event(MenteeRegistered, await come(s, PUPIL | {"born": "2008-02-01"})).request_id
    await s.client.post(path_of(s, "request", request) + "/retrait")
    assert RequestWithdrawn in kinds(await s.take_events())
    s.clock.set(datetime(2026, 2, 1, 9, tzinfo=UTC))
    await s.fire_due()
    assert await s.take_events() == []
