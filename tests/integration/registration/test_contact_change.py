"""Another contact: told to the old one, noted, stopped there; never by a form."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from services.registration.store import Links
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.events import (
    ContactChanged,
    ContactProved,
    Event,
    MenteeRegistered,
    MentorRegistered,
    MessageFailed,
    ReachabilityChanged,
)
from shared.contracts.types import Recipient
from tests.integration.registration.conftest import csrf, path_of, register, sign_in
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

NEW = "nouvelle.adresse@exemple.fr"


async def take_events(s: ServiceHarness) -> list[Event]:
    """What was stated, but that a link was used: that proves its address."""
    return [event for event in await s.take_events() if not isinstance(event, ContactProved)]


async def ask_contact(
    s: ServiceHarness, recipient: Recipient, person: UUID, purpose: str
) -> ContactGiven:
    question = ContactAsked(recipient=recipient, person=str(person), purpose=purpose)
    found: ContactGiven = await s.answer(CONTACT_QUEUE, question)
    return found


async def address_of(s: ServiceHarness, mentee_id: UUID) -> str | None:
    return (await ask_contact(s, "mentee", mentee_id, "mentee_registered")).email


@pytest.fixture
async def mentee(s: ServiceHarness) -> MenteeRegistered:
    await s.client.post("/inscription/jeune", data=form_of(young()))
    (registered,) = [event for event in await take_events(s) if isinstance(event, MenteeRegistered)]
    return registered


async def test_behind_ones_own_link_at_once_and_the_old_address_hears_of_it(
    s: ServiceHarness, mentee: MenteeRegistered
) -> None:
    path = path_of(s, "request", mentee.request_id) + "/contact"
    page = await s.client.get(path)
    assert page.status_code == 200
    assert young()["email"] not in page.text
    assert await take_events(s) == []
    assert (await s.client.post(path, data={"email": NEW})).status_code == 200
    (changed,) = await take_events(s)
    assert isinstance(changed, ContactChanged)
    assert not changed.waits
    assert await address_of(s, mentee.mentee_id) == NEW
    contact = await ask_contact(s, "mentee", changed.change_id, "contact_changed")
    assert contact.email == young()["email"]
    rows = await s.pool.fetch("SELECT actor, reason FROM ledger WHERE what = 'contact:person'")
    assert ("person", "contact_changed") in [tuple(row) for row in rows]


async def test_the_old_address_may_say_no(s: ServiceHarness, mentee: MenteeRegistered) -> None:
    path = path_of(s, "request", mentee.request_id) + "/contact"
    await s.client.post(path, data={"email": NEW})
    (changed,) = await take_events(s)
    assert isinstance(changed, ContactChanged)
    stop = path_of(s, "contact", changed.change_id)
    page = await s.client.get(stop)
    assert NEW not in page.text
    assert await address_of(s, mentee.mentee_id) == NEW, "GET never acts"
    assert (await s.client.post(stop)).status_code == 303
    assert await address_of(s, mentee.mentee_id) == young()["email"]
    s.clock.advance(days=15)
    await s.fire_due()
    assert (await s.client.get(stop)).status_code == 410
    assert await s.pool.fetchval("SELECT count(sealed) FROM contact_changes") == 0


async def bounce(s: ServiceHarness, mentee_id: UUID) -> None:
    await s.handle(
        MessageFailed(
            message_id=uuid4(),
            concerns=mentee_id,
            template="mentee_registered",
            recipient="mentee",
            person=str(mentee_id),
            channel="mail",
            state="permanent-failure",
            bounced=("mail", "sms"),
        )
    )


async def reachability(s: ServiceHarness) -> list[bool]:
    events = await take_events(s)
    return [event.reachable for event in events if isinstance(event, ReachabilityChanged)]


async def test_whoever_gives_another_address_is_reached_and_matched_again(
    s: ServiceHarness, mentee: MenteeRegistered
) -> None:
    await bounce(s, mentee.mentee_id)
    assert await reachability(s) == [False]
    path = path_of(s, "request", mentee.request_id) + "/contact"
    await s.client.post(path, data={"email": NEW})
    events = await take_events(s)
    assert [event.reachable for event in events if isinstance(event, ReachabilityChanged)] == [True]
    (changed,) = [event for event in events if isinstance(event, ContactChanged)]
    await bounce(s, mentee.mentee_id)
    assert await reachability(s) == [False]
    assert (await s.client.post(path_of(s, "contact", changed.change_id))).status_code == 303
    assert await reachability(s) == [True], "the former address is in force again"
    assert await s.pool.fetchval("SELECT count(*) FROM dead_ways") == 0


@pytest.mark.parametrize(
    ("form", "field"),
    [({}, "email"), ({"email": "pas une adresse"}, "email"), ({"phone": "12"}, "phone")],
)
async def test_what_cannot_be_read_changes_nothing(
    s: ServiceHarness,
    mentee: MenteeRegistered,
    form: dict[str, object] | dict[str, str],
    field: str,
) -> None:
    path = path_of(s, "request", mentee.request_id) + "/contact"
    page = await s.client.post(path, data=form)
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert await take_events(s) == []
    unknown = await s.client.post("/demande/" + "x" * 43 + "/contact", data={"email": NEW})
    assert unknown.status_code == 410


async def test_a_child_does_not_take_the_guardians_place(s: ServiceHarness) -> None:
    child = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    await s.client.post("/inscription/jeune", data=form_of(child))
    (registered, *_) = await take_events(s)
    assert isinstance(registered, MenteeRegistered)
    path = path_of(s, "request", registered.request_id) + "/contact"
    page = await s.client.post(path, data={"email": "Maud+moi@exemple.fr"})
    assert page.status_code == 422
    assert (await ask_contact(s, "guardian", registered.mentee_id, "x")).email == "maud@exemple.fr"


async def test_a_guardians_link_that_stops_a_change_ends_with_the_18th_birthday(
    s: ServiceHarness,
) -> None:
    child = young(born="2008-01-12", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    await s.client.post("/inscription/jeune", data=form_of(child))
    (registered,) = [event for event in await take_events(s) if isinstance(event, MenteeRegistered)]
    page = path_of(s, "parent", registered.mentee_id)
    await s.client.post(page + "/contact", data={"email": "maud.b@exemple.fr"})
    (changed,) = [event for event in await take_events(s) if isinstance(event, ContactChanged)]
    stop = path_of(s, "contact", changed.change_id)
    s.clock.set(datetime(2026, 1, 11, 22, 59, tzinfo=UTC))
    assert (await s.client.get(stop)).status_code == 200
    await s.pool.execute("UPDATE links SET expires_at = expires_at + interval '14 days'")
    s.clock.set(datetime(2026, 1, 11, 23, 1, tzinfo=UTC))
    assert (await s.client.get(stop)).status_code == 410
    assert (await s.client.post(stop)).status_code == 410
    assert (await ask_contact(s, "guardian", registered.mentee_id, "x")).email != "maud@exemple.fr"


async def test_a_guardians_contact_by_the_guardians_link_alone(s: ServiceHarness) -> None:
    child = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    await s.client.post("/inscription/jeune", data=form_of(child))
    (registered, *_) = await take_events(s)
    assert isinstance(registered, MenteeRegistered)
    await s.client.post(
        path_of(s, "request", registered.request_id) + "/contact",
        data={"email": NEW, "guardian_email": NEW},
    )
    assert (await ask_contact(s, "guardian", registered.mentee_id, "x")).email == "maud@exemple.fr"
    await take_events(s)
    async with s.runtime.begin() as tx:
        mark = tx.fingerprint("parent", registered.request_id)
        until = tx.now + timedelta(days=1)
        await Links(tx.connection).keep("parent", registered.request_id, mark, until)
    path = path_of(s, "parent", registered.request_id) + "/contact"
    assert (await s.client.get(path)).status_code == 200
    assert (await s.client.post(path, data={"email": "maud.b@exemple.fr"})).status_code == 200
    (changed,) = await take_events(s)
    assert isinstance(changed, ContactChanged)
    assert changed.recipient == "guardian"
    assert (
        await ask_contact(s, "guardian", registered.mentee_id, "x")
    ).email == "maud.b@exemple.fr"
    contact = await ask_contact(s, "guardian", changed.change_id, "contact_changed")
    assert contact.email == "maud@exemple.fr"


def loss_form(page: httpx.Response, **changes: str) -> dict[str, str]:
    """What an association fills in for somebody who called."""
    form = {
        "csrf": csrf(page.text),
        "first_name": "Ines",
        "last_name": "Marchandeau",
        "born_day": "17",
        "born_month": "5",
        "born_year": "2006",
        "way": "in_person",
        "email": NEW,
    }
    return form | changes


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
