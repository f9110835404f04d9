"""A change of contact behind one’s own link: announced to the old address, which may stop it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.registration.store import Links
from shared.contracts.events import (
    ContactChanged,
    MenteeRegistered,
    MessageFailed,
    ReachabilityChanged,
)
from tests.integration.registration.conftest import path_of
from tests.integration.registration.contact_change import NEW, address_of, ask_contact, take_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, young


async def test_by_ones_own_link_at_once_and_the_old_address_is_informed(
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
