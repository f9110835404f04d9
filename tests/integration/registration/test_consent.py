"""A parent's consent, before anything else happens, and as easily taken back."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.events import (
    ConfirmationAsked,
    ConsentAsked,
    ConsentGiven,
    ContactProved,
    MenteeRegistered,
    PersonErased,
    RequestConfirmed,
    RequestRouted,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import DECLARED, csrf, path_of, register, sign_in
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young

CHILD = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
HTML = {"accept": "text/html"}
OWN_GUARDIAN = json.loads(Path("tests/cases/own_guardian.json").read_text())


async def child(s: ServiceHarness, **changes: Any) -> UUID:
    """A child's request that waits for the parent."""
    answer = await register(s, {"kind": "mentee", **CHILD | changes})
    assert answer.status_code == 202
    registered, asked = [x for x in await s.take_events() if not isinstance(x, PersonErased)]
    assert isinstance(registered, MenteeRegistered)
    assert registered.awaits_consent, "the child's own message says that all waits"
    assert isinstance(asked, ConsentAsked)
    return asked.request_id


async def mentee_of(s: ServiceHarness, request: UUID) -> UUID:
    found: UUID = await s.pool.fetchval("SELECT mentee_id FROM requests WHERE id = $1", request)
    return found


async def give_consent(s: ServiceHarness) -> tuple[UUID, str]:
    """A child's request whose parent consented; the paths of both of the parent's pages."""
    request = await child(s)
    await s.client.post(path_of(s, "consent", request), data=DECLARED)
    return request, path_of(s, "parent", await mentee_of(s, request))


async def test_a_look_changes_nothing_a_button_does(s: ServiceHarness, partner: str) -> None:
    request = await child(s)
    path = path_of(s, "consent", request)
    page = await s.client.get(path, headers=HTML)
    assert page.status_code == 200
    assert "Inès aimerait avoir un mentor" in page.text, "a parent may have several children here"
    assert "Marchandeau" not in page.text
    assert await s.pool.fetchval("SELECT actor FROM ledger") == "guardian"
    assert await s.take_events() == []
    given = await s.client.post(path, data=DECLARED, headers=HTML)
    assert given.status_code == 200
    events = [x for x in await s.take_events() if not isinstance(x, ContactProved)]
    kept, routed, confirmation = events
    assert isinstance(kept, ConsentGiven), "a message to keep"
    assert isinstance(routed, RequestRouted)
    assert isinstance(confirmation, ConfirmationAsked)


@pytest.mark.parametrize("missing", DECLARED)
async def test_name_bond_and_authority_are_declared(
    s: ServiceHarness, partner: str, missing: str
) -> None:
    path = path_of(s, "consent", await child(s))
    declared = {name: value for name, value in DECLARED.items() if name != missing}
    page = await s.client.post(path, data=declared, headers=HTML)
    assert page.status_code == 422
    assert f'href="#{missing}"' in page.text
    assert await s.take_events() == []
    assert await s.pool.fetchval("SELECT state FROM requests") == "awaiting_consent"
    for value in declared.values():
        assert value in page.text, "what was typed is kept"


async def test_a_bond_is_of_a_closed_list(s: ServiceHarness, partner: str) -> None:
    path = path_of(s, "consent", await child(s))
    page = await s.client.post(path, data=DECLARED | {"guardian_bond": "cousin"}, headers=HTML)
    assert page.status_code == 422


async def test_the_parents_page_stays_open_and_consent_is_withdrawn_there(
    s: ServiceHarness, partner: str
) -> None:
    request, page = await give_consent(s)
    await s.take_events()
    shown = await s.client.get(page, headers=HTML)
    assert shown.status_code == 200
    assert "Où en est la demande d’Inès" in shown.text
    assert await s.take_events() == [], "a look withdraws nothing"
    gone = await s.client.post(page + "/retrait")
    assert gone.status_code == 303
    (withdrawn,) = await s.take_events()
    assert isinstance(withdrawn, RequestWithdrawn)
    assert (withdrawn.request_id, withdrawn.reason) == (request, "consent_withdrawn")
    assert withdrawn.association == "tandem_avenir", "the association is informed"
    assert "Tout est arrêté" in (await s.client.get(page, headers=HTML)).text
    assert (await s.client.post(page + "/retrait")).status_code == 303
    assert await s.take_events() == []
    s.clock.advance(days=30)
    await s.fire_due()
    assert await s.take_events() == [], "nobody is asked or passed over any more"
    tracking = await s.client.get(path_of(s, "request", request), headers=HTML)
    assert "Ton parent a retiré son accord" in tracking.text


async def test_consent_is_withdrawn_while_a_pair_is_introduced(
    s: ServiceHarness, partner: str
) -> None:
    request, page = await give_consent(s)
    await sign_in(s, "tandem_avenir")
    form = (await s.client.get(f"/associations/demandes/{request}")).text
    data = {"csrf": csrf(form), "how": "call"}
    await s.client.post(f"/associations/demandes/{request}/parent", data=data)
    assert isinstance((await s.take_events())[-1], RequestConfirmed)
    await s.client.post(page + "/retrait")
    assert isinstance((await s.take_events())[-1], RequestWithdrawn)


async def test_the_parents_page_ends_on_the_18th_birthday(s: ServiceHarness, partner: str) -> None:
    _, page = await give_consent(s)
    assert "4 mars 2031" in (await s.client.get(page, headers=HTML)).text.replace("\u00a0", " ")
    s.clock.set(s.clock.now().replace(year=2031, month=3, day=4, hour=0))
    assert (await s.client.get(page, headers=HTML)).status_code == 410
    assert (await s.client.post(page + "/retrait", headers=HTML)).status_code == 410


async def test_a_silent_parent_is_reminded_on_day_3_and_day_10(
    s: ServiceHarness, partner: str
) -> None:
    request = await child(s)
    reminders = []
    for day in range(1, 20):
        s.clock.advance(days=1)
        await s.fire_due()
        reminders += [
            (day, event.reminder) for event in pick_events(ConsentAsked, await s.take_events())
        ]
    assert reminders == [(3, 1), (10, 2)]
    await s.client.post(path_of(s, "consent", request), data=DECLARED)
    assert await s.pool.fetchval("SELECT state FROM requests") == "guardian_check"


async def test_a_parent_who_answered_is_not_reminded(s: ServiceHarness, partner: str) -> None:
    request = await child(s)
    await s.client.post(path_of(s, "consent", request) + "/refus")
    await s.take_events()
    s.clock.advance(days=20)
    await s.fire_due()
    assert [x for x in await s.take_events() if isinstance(x, ConsentAsked)] == []


@pytest.mark.parametrize("body", OWN_GUARDIAN)
async def test_a_child_is_not_their_own_guardian(
    s: ServiceHarness, partner: str, body: dict[str, Any]
) -> None:
    answer = await register(s, body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("guardian_email", "same_as_child")
    for other_way in ("établissement", "partenaire", "mobile"):
        assert other_way in error["fr"]
    assert await s.take_events() == []


async def test_one_mobile_is_not_two_people(s: ServiceHarness, partner: str) -> None:
    child = CHILD | {"phone": "06 39 98 00 01", "guardian_phone": "+33 6 39 98 00 01"}
    answer = await register(s, {"kind": "mentee", **child})
    assert answer.json()["errors"][0]["field"] == "guardian_phone"


async def test_a_parent_with_a_phone_only_is_enough(s: ServiceHarness, partner: str) -> None:
    contact = {"guardian_email": None, "guardian_phone": "06 39 98 00 02"}
    request = await child(s, **contact)
    path = path_of(s, "consent", request)
    assert (await s.client.post(path, data=DECLARED)).status_code == 200


async def test_under_15_one_way_to_a_parent_is_needed(s: ServiceHarness, partner: str) -> None:
    answer = await register(s, {"kind": "mentee", **CHILD | {"guardian_email": None}})
    (error,) = answer.json()["errors"]
    assert error["code"] == "under_15"
    assert "mobile" in error["fr"]


async def test_a_parent_may_say_no_and_nothing_is_kept(s: ServiceHarness, partner: str) -> None:
    request = await child(s)
    path = path_of(s, "consent", request)
    assert (await s.client.post(path + "/refus", headers=HTML)).status_code == 200
    assert await s.pool.fetchval("SELECT sealed FROM persons") is None
    assert (await s.client.post(path, data=DECLARED, headers=HTML)).status_code == 410
    assert (await s.client.post(path + "/refus", headers=HTML)).status_code == 410
    page = await s.client.get(path_of(s, "request", request), headers=HTML)
    assert "pas donné son accord" in page.text
    assert [x for x in await s.take_events() if not isinstance(x, PersonErased)] == []
    s.clock.advance(days=91)
    assert await s.fire_due() == 0


async def test_used_unknown_and_expired_links_answer_alike(s: ServiceHarness, partner: str) -> None:
    request = await child(s)
    path = path_of(s, "consent", request)
    await s.client.post(path, data=DECLARED)
    used = await s.client.get(path, headers=HTML)
    unknown = await s.client.get("/consentement/" + "x" * 43, headers=HTML)
    assert used.status_code == unknown.status_code == 410
    assert used.text.replace(path, "") == unknown.text.replace("/consentement/" + "x" * 43, "")
    assert (await s.client.post(path, data=DECLARED, headers=HTML)).status_code == 410


async def test_a_link_for_another_purpose_does_not_consent(s: ServiceHarness, partner: str) -> None:
    request = await child(s)
    for purpose, subject in (("request", request), ("parent", await mentee_of(s, request))):
        token = s.runtime.links.token(purpose, subject)
        answer = await s.client.post(f"/consentement/{token}", data=DECLARED, headers=HTML)
        assert answer.status_code == 410
    token = s.runtime.links.token("consent", request)
    assert (await s.client.post(f"/parent/{token}/retrait", headers=HTML)).status_code == 410
    assert await s.pool.fetchval("SELECT state FROM requests") == "awaiting_consent"


async def test_without_an_answer_everything_is_forgotten(s: ServiceHarness, partner: str) -> None:
    request = await child(s)
    s.clock.advance(days=91)
    assert await s.fire_due() == 3, "two reminders and the end"
    assert (await s.client.post(path_of(s, "consent", request), data=DECLARED)).status_code == 410
    person = await s.fetch_row("SELECT * FROM persons")
    assert person["sealed"] is None
    assert await s.pool.fetchval("SELECT count(*) FROM marks") == 0
    page = await s.client.get(path_of(s, "request", request), headers=HTML)
    assert "la demande s’est arrêtée" in page.text


async def test_the_same_child_may_come_again_afterwards(s: ServiceHarness, partner: str) -> None:
    await child(s)
    s.clock.advance(days=91)
    await s.fire_due()
    await s.take_events()
    await child(s)


async def test_the_deadline_after_consent_is_no_deadline(s: ServiceHarness, partner: str) -> None:
    request = await child(s)
    await s.client.post(path_of(s, "consent", request), data=DECLARED)
    s.clock.advance(days=91)
    await s.fire_due()
    assert await s.pool.fetchval("SELECT state FROM requests") != "consent_expired"
    assert await s.pool.fetchval("SELECT sealed FROM persons") is not None
