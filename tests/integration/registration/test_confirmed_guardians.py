"""An association confirms the guardian of a child, within a deadline."""

from uuid import UUID

from shared.contracts.events import (
    ConfirmationAsked,
    ConsentAsked,
    MenteeRegistered,
    RequestConfirmed,
    RequestRouted,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import DECLARED, csrf, path_of, sign_in
from tests.integration.registration.guardians import (
    CHILD,
    HTML,
    OURS,
    PUPIL,
    come,
    kinds,
    see_to,
    state,
)
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young


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
