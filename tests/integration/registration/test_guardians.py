"""From 15 to 17 a guardian is informed before matching; where that fails it is a task."""

from uuid import uuid4

from shared.contracts.events import (
    ConfirmationAsked,
    GuardianNamed,
    MenteeRegistered,
    MessageFailed,
    RequestConfirmed,
)
from tests.integration.registration.conftest import csrf, path_of, sign_in
from tests.integration.registration.guardians import (
    HTML,
    OURS,
    PARENT,
    PUPIL,
    come,
    kinds,
    see_to,
    send_to_guardian,
    state,
)
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness


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
