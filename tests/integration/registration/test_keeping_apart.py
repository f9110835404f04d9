"""Roles that must be two people stay two people: a contact or a coordinator that comes later."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest

from services.registration.store import Links
from services.registration.use_cases.sign_in import invite_user
from shared.contracts.events import (
    ContactChanged,
    Event,
    MenteeRegistered,
    MentorRegistered,
    PersonKeptApart,
    RequestConfirmed,
    RequestRouted,
)
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from tests.integration.registration.conftest import BY_HAND, path_of, register, sign_in
from tests.integration.registration.contact_change import loss_form
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

OWN = "awa.coordination@exemple.fr"
MINOR = young(born="2010-06-02", guardian_first_name="Maud", guardian_email="maud@exemple.fr")


@pytest.fixture(autouse=True)
def _partner(partner: str) -> None:
    """Everybody here comes by a partner."""


Registered = TypeVar("Registered", MenteeRegistered, MentorRegistered)


async def came(s: ServiceHarness, kind: type[Registered], person: dict[str, Any]) -> Registered:
    side = "mentee" if kind is MenteeRegistered else "mentor"
    assert (await register(s, {"kind": side, **person})).status_code == 202
    return pick_event(kind, await s.take_events())


async def changes_contact(
    s: ServiceHarness, purpose: str, subject: UUID, **contact: str
) -> list[Event]:
    answer = await s.client.post(path_of(s, purpose, subject) + "/contact", data=contact)
    assert answer.status_code == 200, answer.text
    return await s.take_events()


def apart(events: Iterable[Event]) -> list[PersonKeptApart]:
    return [event for event in events if isinstance(event, PersonKeptApart)]


async def guardians_link(s: ServiceHarness, request_id: UUID) -> None:
    async with s.runtime.begin() as tx:
        mark = tx.fingerprint("parent", request_id)
        await Links(tx.connection).keep("parent", request_id, mark, tx.now + timedelta(days=1))


async def invite(s: ServiceHarness, association: str, address: str) -> list[Event]:
    async with s.runtime.begin() as tx:
        assert await invite_user("awa", association, address, tx)
    return await s.take_events()


async def association_in_charge(s: ServiceHarness) -> str:
    association = await s.pool.fetchval("SELECT association FROM requests")
    assert isinstance(association, str)
    return association


async def test_a_mentor_takes_the_contact_of_a_young_person(s: ServiceHarness) -> None:
    mentee = await came(s, MenteeRegistered, young())
    mentor = await came(s, MentorRegistered, volunteer())
    events = await changes_contact(s, "request", mentor.mentor_id, email=young()["email"].upper())
    (event,) = apart(events)
    assert (event.side, event.person_id) == ("mentor", mentor.mentor_id)
    assert event.apart_from == (mentee.mentee_id,)


async def test_a_guardian_takes_the_contact_of_a_mentor(s: ServiceHarness) -> None:
    mentee = await came(s, MenteeRegistered, MINOR)
    mentor = await came(s, MentorRegistered, volunteer())
    await guardians_link(s, mentee.request_id)
    events = await changes_contact(s, "parent", mentee.request_id, email=volunteer()["email"])
    (event,) = apart(events)
    assert (event.side, event.person_id) == ("mentee", mentee.mentee_id)
    assert event.apart_from == (mentor.mentor_id,)


async def test_a_change_that_touches_nobody_states_nothing(s: ServiceHarness) -> None:
    mentee = await came(s, MenteeRegistered, young())
    await came(s, MentorRegistered, volunteer())
    assert apart(await changes_contact(s, "request", mentee.request_id, email=OWN)) == []


async def test_a_young_person_leaves_the_association_of_their_own_address(
    s: ServiceHarness,
) -> None:
    await invite(s, "tandem_avenir", OWN)
    mentee = await came(s, MenteeRegistered, young())
    assert await association_in_charge(s) == "tandem_avenir"
    events = await changes_contact(s, "request", mentee.request_id, email=OWN)
    routed = [event for event in events if isinstance(event, RequestRouted)]
    assert [event.association for event in routed] == [await association_in_charge(s)]
    assert await association_in_charge(s) != "tandem_avenir"


async def test_a_young_person_registers_with_a_coordinators_own_address(s: ServiceHarness) -> None:
    await invite(s, "tandem_avenir", OWN)
    await came(s, MenteeRegistered, young(email=OWN))
    assert await association_in_charge(s) != "tandem_avenir"


async def test_a_coordinator_who_is_invited_later_loses_their_own_request(
    s: ServiceHarness,
) -> None:
    await came(s, MenteeRegistered, young())
    await invite(s, "tandem_avenir", young()["email"].upper())
    assert await association_in_charge(s) != "tandem_avenir"


async def test_a_request_that_an_association_has_yet_to_answer_goes_elsewhere_too(
    s: ServiceHarness,
) -> None:
    await came(s, MenteeRegistered, young(**BY_HAND))
    first = await association_in_charge(s)
    await invite(s, first, young()["email"])
    assert await association_in_charge(s) != first


async def test_a_guardian_who_is_invited_later_loses_the_childs_request(s: ServiceHarness) -> None:
    await came(s, MenteeRegistered, MINOR)
    first = await association_in_charge(s)
    await invite(s, first, "maud@exemple.fr")
    assert await association_in_charge(s) != first


async def test_a_request_with_a_pair_stays_with_it_under_the_head(s: ServiceHarness) -> None:
    mentee = await came(s, MenteeRegistered, young())
    await s.pool.execute(
        "INSERT INTO pairs (pair_id, request_id, confirmed_at)"
        " VALUES (gen_random_uuid(), $1, now())",
        mentee.request_id,
    )
    await invite(s, "tandem_avenir", young()["email"])
    assert await association_in_charge(s) == NETWORK_HEAD


async def test_a_mentor_who_is_invited_later_accompanies_nobody_there(s: ServiceHarness) -> None:
    mentee = await came(s, MenteeRegistered, young())
    mentor = await came(s, MentorRegistered, volunteer())
    (event,) = apart(await invite(s, "tandem_avenir", volunteer()["email"]))
    assert (event.side, event.person_id) == ("mentor", mentor.mentor_id)
    assert event.apart_from == (mentee.mentee_id,)


async def test_a_mentor_who_takes_a_coordinators_address_accompanies_nobody_there(
    s: ServiceHarness,
) -> None:
    await invite(s, "tandem_avenir", OWN)
    mentee = await came(s, MenteeRegistered, young())
    mentor = await came(s, MentorRegistered, volunteer())
    (event,) = apart(await changes_contact(s, "request", mentor.mentor_id, email=OWN))
    assert event.apart_from == (mentee.mentee_id,)


async def test_a_request_that_is_charged_later_knows_whom_a_changed_contact_concerns(
    s: ServiceHarness,
) -> None:
    mentor = await came(s, MentorRegistered, volunteer())
    await changes_contact(s, "request", mentor.mentor_id, email=young()["email"])
    assert (await register(s, {"kind": "mentee", **young()})).status_code == 202
    (confirmed,) = [event for event in await s.take_events() if isinstance(event, RequestConfirmed)]
    assert confirmed.apart_from == (mentor.mentor_id,)


async def test_a_change_that_waited_gives_nobody_two_roles(s: ServiceHarness) -> None:
    """Meanwhile the guardian took that address: two roles, so the old contact stays."""
    mentee = await came(s, MenteeRegistered, MINOR)
    await s.pool.execute("UPDATE requests SET state = 'confirmed'")
    await sign_in(s, await association_in_charge(s))
    page = await s.client.get("/associations/contact")
    form = loss_form(page, email=OWN, born_year="2010", born_month="6", born_day="2")
    assert (await s.client.post("/associations/contact", data=form)).status_code == 200
    await guardians_link(s, mentee.request_id)
    await changes_contact(s, "parent", mentee.request_id, email=OWN)
    s.clock.advance(hours=49)
    await s.fire_due()
    assert await s.pool.fetchval("SELECT state FROM contact_changes WHERE role = 'person'") == (
        "stopped"
    )
    assert "contact_refused" in await reasons(s)


async def test_stopping_a_change_gives_nobody_two_roles(s: ServiceHarness) -> None:
    """The guardian took the child's old address: it is not given back to the child."""
    mentee = await came(s, MenteeRegistered, MINOR)
    events = await changes_contact(s, "request", mentee.request_id, email=OWN)
    (change,) = [event for event in events if isinstance(event, ContactChanged)]
    await guardians_link(s, mentee.request_id)
    await changes_contact(s, "parent", mentee.request_id, email=young()["email"])
    page = await s.client.post(path_of(s, "contact", change.change_id))
    assert page.status_code == 409
    assert "sert maintenant à une autre personne" in page.text
    assert "contact_refused" in await reasons(s)


async def reasons(s: ServiceHarness) -> set[str]:
    return {row["reason"] for row in await s.pool.fetch("SELECT reason FROM ledger")}
