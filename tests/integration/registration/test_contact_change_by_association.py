"""A change of contact that an association asks for: in effect after 48 hours."""

import pytest

from shared.contracts.events import ContactChanged, MenteeRegistered, MentorRegistered
from tests.integration.registration.conftest import path_of, register, sign_in
from tests.integration.registration.contact_change import (
    NEW,
    address_of,
    ask_contact,
    loss_form,
    take_events,
)
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young


async def test_an_association_changes_it_after_48_hours(
    s: ServiceHarness, mentee: MenteeRegistered
) -> None:
    await sign_in(s, "tandem_avenir")
    page = await s.client.get("/associations/contact")
    await take_events(s)
    done = await s.client.post("/associations/contact", data=loss_form(page))
    assert done.status_code == 200
    (changed,) = await take_events(s)
    assert isinstance(changed, ContactChanged)
    assert changed.waits
    assert await address_of(s, mentee.mentee_id) == young()["email"]
    contact = await ask_contact(s, "mentee", changed.change_id, "contact_changed")
    assert contact.email == young()["email"]
    again = await s.client.post("/associations/contact", data=loss_form(page))
    assert again.status_code == 422, "one change at a time"
    s.clock.advance(hours=47)
    await s.fire_due()
    assert await address_of(s, mentee.mentee_id) == young()["email"]
    s.clock.advance(hours=2)
    await s.fire_due()
    assert await address_of(s, mentee.mentee_id) == NEW
    reasons = {row["reason"] for row in await s.pool.fetch("SELECT reason FROM ledger")}
    assert {"contact_lost", "contact_asked:in_person", "contact_changed"} <= reasons


async def test_the_old_address_stops_it_in_time(
    s: ServiceHarness, mentee: MenteeRegistered
) -> None:
    await sign_in(s, "tandem_avenir")
    page = await s.client.get("/associations/contact")
    await take_events(s)
    await s.client.post("/associations/contact", data=loss_form(page))
    (changed,) = await take_events(s)
    assert isinstance(changed, ContactChanged)
    await s.client.post(path_of(s, "contact", changed.change_id))
    s.clock.advance(days=3)
    await s.fire_due()
    assert await address_of(s, mentee.mentee_id) == young()["email"]


@pytest.mark.parametrize(
    ("association", "changes"),
    [
        ("pas_a_pas", {}),
        ("tandem_avenir", {"first_name": "Zoé"}),
        ("tandem_avenir", {"born_day": "18"}),
        ("tandem_avenir", {"way": "it_felt_right"}),
        ("tandem_avenir", {"way": ""}),
        ("tandem_avenir", {"email": ""}),
    ],
)
async def test_nobody_elses_and_nothing_unchecked(
    s: ServiceHarness,
    mentee: MenteeRegistered,
    association: str,
    changes: dict[str, object] | dict[str, str],
) -> None:
    await sign_in(s, association)
    page = await s.client.get("/associations/contact")
    await take_events(s)
    refused = await s.client.post("/associations/contact", data=loss_form(page, **changes))
    assert refused.status_code == 422
    assert await take_events(s) == []
    assert await s.pool.fetchval("SELECT count(*) FROM contact_changes") == 0


async def test_a_mentor_without_association_is_the_heads(s: ServiceHarness, partner: str) -> None:
    await register(s, {"kind": "mentor", **volunteer()})
    (mentor,) = [event for event in await take_events(s) if isinstance(event, MentorRegistered)]
    await sign_in(s, "reseau_binome")
    page = await s.client.get("/associations/contact")
    await take_events(s)
    form = loss_form(page, first_name="Gaspard", last_name="Lenormand", born_year="1985")
    form |= {"born_day": "2", "born_month": "11"}
    assert (await s.client.post("/associations/contact", data=form)).status_code == 200
    (changed,) = await take_events(s)
    assert isinstance(changed, ContactChanged)
    assert (changed.person_id, changed.recipient) == (mentor.mentor_id, "mentor")


async def test_no_form_token_no_change(s: ServiceHarness, mentee: MenteeRegistered) -> None:
    await sign_in(s, "tandem_avenir")
    page = await s.client.get("/associations/contact")
    refused = await s.client.post("/associations/contact", data=loss_form(page, csrf="x"))
    assert refused.status_code == 403
    s.client.cookies.clear()
    assert (await s.client.get("/associations/contact")).status_code == 303


@pytest.fixture
async def child(s: ServiceHarness) -> MenteeRegistered:
    person = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    await s.client.post("/inscription/jeune", data=form_of(person))
    return pick_event(MenteeRegistered, await take_events(s))


async def test_a_childs_old_address_stops_nothing_of_the_guardians(
    s: ServiceHarness, child: MenteeRegistered
) -> None:
    own = path_of(s, "request", child.request_id) + "/contact"
    await s.client.post(own, data={"email": NEW})
    (changed,) = await take_events(s)
    assert isinstance(changed, ContactChanged)
    guardians = path_of(s, "parent", child.mentee_id) + "/contact"
    assert (await s.client.post(guardians, data={"email": "maud.b@exemple.fr"})).status_code == 200
    await s.client.post(path_of(s, "contact", changed.change_id))
    assert await address_of(s, child.mentee_id) == young()["email"]
    assert (await ask_contact(s, "guardian", child.mentee_id, "x")).email == "maud.b@exemple.fr"


async def test_a_change_that_waited_takes_back_nothing_of_the_guardians(s: ServiceHarness) -> None:
    minor = young(born="2009-05-17", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    await s.client.post("/inscription/jeune", data=form_of(minor))
    (mentee,) = [event for event in await take_events(s) if isinstance(event, MenteeRegistered)]
    await sign_in(s, "reseau_binome")
    page = await s.client.get("/associations/contact")
    done = await s.client.post("/associations/contact", data=loss_form(page, born_year="2009"))
    assert done.status_code == 200
    guardians = path_of(s, "parent", mentee.mentee_id) + "/contact"
    await s.client.post(guardians, data={"email": "maud.b@exemple.fr"})
    s.clock.advance(hours=49)
    await s.fire_due()
    assert await address_of(s, mentee.mentee_id) == NEW
    assert (await ask_contact(s, "guardian", mentee.mentee_id, "x")).email == "maud.b@exemple.fr"
