"""A form that is sent again, after a crash or a double tap, is one form."""

import asyncio
import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registration.service import SERVICE
from shared.contracts.events import ContactChanged, MenteeRegistered, MentorRegistered
from tests.integration.registration.conftest import csrf, path_of, sign_in
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness, set_up
from tests.unit.registration.people import form_of, volunteer, young

HTML = {"accept": "text/html"}
PEOPLE = {"jeune": young, "mentor": volunteer}


def key_of(page: httpx.Response) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', page.text)
    assert found, "the form has no key"
    return found[1]


async def fill_in(s: ServiceHarness, who: str) -> dict[str, Any]:
    """A form as somebody opened it and filled it in."""
    page = await s.client.get(f"/inscription/{who}", headers=HTML)
    return form_of(PEOPLE[who]()) | {"form_key": key_of(page)}


async def send(s: ServiceHarness, who: str, answers: dict[str, Any]) -> httpx.Response:
    return await s.client.post(f"/inscription/{who}", data=answers, headers=HTML)


async def list_registered(s: ServiceHarness, who: str) -> list[UUID]:
    """What the tracking pages of those are about who have just registered on a side."""
    events = await s.take_events()
    if who == "mentor":
        return [event.mentor_id for event in pick_events(MentorRegistered, events)]
    return [event.request_id for event in pick_events(MenteeRegistered, events)]


@pytest.mark.parametrize("who", PEOPLE)
async def test_the_same_form_again_registers_once_and_shows_the_same_page(
    s: ServiceHarness, who: str
) -> None:
    answers = await fill_in(s, who)
    first = await send(s, who, answers)
    s.clock.advance(hours=2)
    again = await send(s, who, answers)
    assert first.status_code == again.status_code == 303
    assert again.headers["location"] == first.headers["location"]
    assert len(await list_registered(s, who)) == 1
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 1


@pytest.mark.parametrize("who", PEOPLE)
async def test_twenty_taps_at_once_register_once(s: ServiceHarness, who: str) -> None:
    answers = await fill_in(s, who)
    pages = await asyncio.gather(*(send(s, who, answers) for _ in range(20)))
    assert {page.headers["location"] for page in pages} == {pages[0].headers["location"]}
    assert len(await list_registered(s, who)) == 1


async def test_another_replica_knows_the_form(s: ServiceHarness) -> None:
    answers = await fill_in(s, "jeune")
    first = await send(s, "jeune", answers)
    twin = await set_up(SERVICE, s.pool, s.clock)
    again = await send(twin, "jeune", answers)
    assert again.headers["location"] == first.headers["location"]


async def test_each_form_that_is_shown_has_its_own_long_key(s: ServiceHarness) -> None:
    pages = [await s.client.get("/inscription/jeune", headers=HTML) for _ in range(3)]
    keys = {key_of(page) for page in pages}
    assert len(keys) == 3
    assert all(len(key) >= 22 for key in keys), "at least 128 bits"


async def test_a_form_to_be_mended_keeps_its_key(s: ServiceHarness) -> None:
    answers = await fill_in(s, "jeune")
    refused = await send(s, "jeune", answers | {"first_name": ""})
    assert refused.status_code == 422
    assert key_of(refused) == answers["form_key"]
    assert (await send(s, "jeune", answers)).status_code == 303


async def test_other_answers_under_the_same_key_are_asked_about(s: ServiceHarness) -> None:
    answers = await fill_in(s, "jeune")
    await send(s, "jeune", answers)
    await s.take_events()
    other = answers | {"first_name": "Awa", "email": "awa.marchandeau@exemple.fr"}
    page = await send(s, "jeune", other)
    assert page.status_code == 409
    assert "Ce formulaire a déjà été envoyé" in page.text.replace("\u00a0", " ")
    assert 'value="Awa"' in page.text, "what was typed is kept"
    assert young()["email"] not in page.text
    assert await list_registered(s, "jeune") == []
    assert (await send(s, "jeune", other | {"form_key": key_of(page)})).status_code == 303
    assert len(await list_registered(s, "jeune")) == 1


async def test_a_key_opens_no_tracking_page(s: ServiceHarness) -> None:
    """A replayed form shows the confirmation of its sender, and nothing of the request."""
    answers = await fill_in(s, "jeune")
    await send(s, "jeune", answers)
    (request_id,) = await list_registered(s, "jeune")
    again = await send(s, "jeune", answers)
    page = await s.client.get(again.headers["location"], headers=HTML)
    assert path_of(s, "request", request_id) not in page.text
    assert str(request_id) not in page.text


async def test_neither_key_nor_answers_can_be_read_or_tried(s: ServiceHarness) -> None:
    answers = await fill_in(s, "jeune")
    await send(s, "jeune", answers)
    row = await s.fetch_row("SELECT * FROM idempotent_answers")
    assert answers["form_key"] not in str(dict(row))
    assert young()["email"] not in str(dict(row))


async def test_a_form_again_counts_for_no_limit(s: ServiceHarness) -> None:
    answers = await fill_in(s, "jeune")
    first = await send(s, "jeune", answers)
    for _ in range(60):
        again = await send(s, "jeune", answers)
        assert again.headers["location"] == first.headers["location"]


async def test_what_is_no_key_counts_as_none(s: ServiceHarness) -> None:
    for key in ("", "short", "x" * 300, "ü" * 30):
        answers = form_of(young()) | {"form_key": key}
        assert (await send(s, "jeune", answers)).status_code == 303
    assert len(await list_registered(s, "jeune")) == 4


async def test_a_machine_in_the_trap_reads_the_same_page_again(s: ServiceHarness) -> None:
    answers = await fill_in(s, "jeune") | {"website": "http://spam.exemple"}
    first = await send(s, "jeune", answers)
    again = await send(s, "jeune", answers)
    assert again.headers["location"] == first.headers["location"]
    assert await list_registered(s, "jeune") == []


async def test_after_an_erasure_an_old_form_promises_nothing(s: ServiceHarness) -> None:
    answers = await fill_in(s, "jeune")
    await send(s, "jeune", answers)
    (request_id,) = await list_registered(s, "jeune")
    await s.client.post(path_of(s, "request", request_id) + "/effacer")
    page = await send(s, "jeune", answers)
    assert page.status_code == 409
    assert await list_registered(s, "jeune") == []


async def changes(s: ServiceHarness) -> list[ContactChanged]:
    return [event for event in await s.take_events() if isinstance(event, ContactChanged)]


async def test_a_contact_changes_once(s: ServiceHarness) -> None:
    await send(s, "jeune", form_of(young()))
    (request_id,) = await list_registered(s, "jeune")
    path = path_of(s, "request", request_id) + "/contact"
    key = key_of(await s.client.get(path, headers=HTML))
    form = {"email": "nouvelle.adresse@exemple.fr", "form_key": key}
    pages = await asyncio.gather(*(s.client.post(path, data=form) for _ in range(5)))
    assert [page.status_code for page in pages] == [200] * 5
    assert all("C’est changé" in page.text for page in pages)
    assert len(await changes(s)) == 1
    other = await s.client.post(path, data=form | {"email": "autre@exemple.fr"})
    assert other.status_code == 409
    assert await changes(s) == []


async def test_an_association_asks_for_a_change_once(s: ServiceHarness) -> None:
    await send(s, "jeune", form_of(young()))
    await sign_in(s, "tandem_avenir")
    page = await s.client.get("/associations/contact", headers=HTML)
    form = form_of(young()) | {"way": "in_person", "email": "nouvelle.adresse@exemple.fr"}
    form |= {"phone": "", "csrf": csrf(page.text), "form_key": key_of(page)}
    await s.take_events()
    for _ in range(2):
        done = await s.client.post("/associations/contact", data=form)
        assert done.status_code == 200
        assert "Le changement est demandé" in done.text
    assert len(await changes(s)) == 1
