"""Pages for people: home, the two forms, the confirmation."""

import re
from typing import Any

import httpx
import pytest

from shared.contracts.contact import CONTACT_QUEUE, ContactAsked
from shared.contracts.events import (
    ConsentAsked,
    MenteeRegistered,
    MentorRegistered,
    RegistrationRepeated,
    RequestConfirmed,
    RequestRouted,
)
from shared.web.translation import french_spacing
from tests.integration.registration.conftest import path_of
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

HTML = {"accept": "text/html"}


async def send(s: ServiceHarness, who: str, person: dict[str, Any], **more: str) -> httpx.Response:
    return await s.client.post(f"/inscription/{who}", data=form_of(person) | more, headers=HTML)


async def test_home_links_to_both_forms_and_is_free(s: ServiceHarness) -> None:
    page = await s.client.get("/", headers=HTML)
    assert page.status_code == 200
    assert 'href="/inscription/jeune"' in page.text
    assert 'href="/inscription/mentor"' in page.text
    assert "Gratuit et ouvert à tous" in page.text
    english = await s.client.get("/?lang=en", headers=HTML)
    assert "Free and open to all" in english.text
    assert 'href="/inscription/jeune?lang=en"' in english.text


async def test_a_form_becomes_a_confirmed_request(s: ServiceHarness) -> None:
    answer = await send(s, "jeune", young())
    assert answer.status_code == 303
    registered, routed, confirmed = await s.take_events()
    assert isinstance(registered, MenteeRegistered)
    assert registered.door == "page"
    assert isinstance(routed, RequestRouted)
    assert routed.by_hand is False
    assert isinstance(confirmed, RequestConfirmed)
    assert confirmed.criteria.birth_year == 2006
    assert confirmed.since == s.clock.now()


async def test_a_mentor_joins_the_pool(s: ServiceHarness) -> None:
    answer = await send(s, "mentor", volunteer(), cleared="yes", campaign="janvier")
    assert answer.status_code == 303
    (registered,) = await s.take_events()
    assert isinstance(registered, MentorRegistered)
    assert registered.campaign == "janvier"
    assert registered.criteria.cleared is False, "nobody clears themselves on a page"


async def test_a_company_and_a_campaign_come_with_the_address(s: ServiceHarness) -> None:
    page = await s.client.get("/inscription/mentor?campagne=janvier&entreprise=acme&lang=en")
    assert 'name="campaign" value="janvier"' in page.text
    assert 'name="company" value="acme"' in page.text
    broken = await s.client.get('/inscription/mentor?campagne="><script>')
    assert "<script>" not in broken.text


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"first_name": ""}, "first_name", "Écris ton prénom."),
        ({"born": "2095-01-01"}, "born", "Ta date de naissance est dans le futur"),
        ({"born": "1980-01-01"}, "born", "jusqu’à 30 ans"),
        ({"phone": "+44 7700 900123"}, "phone", "Donne un numéro de mobile français"),
        ({"needs": ["wings"]}, "needs", "Choisis tes besoins dans la liste."),
        ({"consent": False}, "consent", "Coche la case"),
        ({"email": ""}, "phone", "Donne ton adresse mail ou ton numéro de mobile"),
    ],
)
async def test_a_fault_leads_to_its_field_and_nothing_is_lost(
    s: ServiceHarness, change: dict[str, bool | list[str] | str], field: str, sentence: str
) -> None:
    page = await send(s, "jeune", young(**change))
    assert page.status_code == 422
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}"' in page.text
    assert french_spacing(sentence) in page.text or sentence in page.text
    assert 'value="Marchandeau"' in page.text, "what was good stays"
    assert await s.take_events() == []
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0
    assert await s.pool.fetchval("SELECT reasons[1] FROM refusals") == f"{field}." + (
        await s.pool.fetchval("SELECT split_part(reasons[1], '.', 2) FROM refusals")
    )


async def test_errors_follow_the_order_of_the_page(s: ServiceHarness) -> None:
    page = await s.client.post("/inscription/mentor?lang=en", data={}, headers=HTML)
    places = [page.text.index(f'href="#{x}"') for x in ("first_name", "email", "offers", "consent")]
    assert places == sorted(places)
    assert "Write the first name." in page.text
    assert 'value="yes"' in page.text


async def test_a_mentor_of_15_is_refused(s: ServiceHarness) -> None:
    page = await send(s, "mentor", volunteer(born="2010-06-01"))
    assert page.status_code == 422
    assert "à partir de 16" in page.text


async def test_a_machine_is_thanked_and_nothing_is_kept(s: ServiceHarness) -> None:
    answer = await send(s, "jeune", young(), website="https://exemple.fr")
    assert answer.status_code == 303
    assert (await s.client.get(answer.headers["location"])).status_code == 200
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0


async def test_there_is_no_other_form(s: ServiceHarness) -> None:
    assert (await s.client.get("/inscription/robot", headers=HTML)).status_code == 404
    assert (await s.client.post("/inscription/robot", headers=HTML)).status_code == 404


async def test_a_known_person_is_thanked_alike_and_gets_the_link_again(s: ServiceHarness) -> None:
    first = await send(s, "jeune", young())
    (registered, *_) = await s.take_events()
    assert isinstance(registered, MenteeRegistered)
    again = await send(s, "jeune", young(first_name="INES", email="Ines.Marchandeau@exemple.FR"))
    events = await s.take_events()
    (repeated,) = [event for event in events if isinstance(event, RegistrationRepeated)]
    assert repeated.request_id == registered.request_id
    assert repeated.person_id == registered.mentee_id
    one = await s.client.get(first.headers["location"])
    two = await s.client.get(again.headers["location"])
    assert _without_tokens(one.text) == _without_tokens(two.text)
    seen_one = await s.client.get(_tracking(one.text))
    seen_two = await s.client.get(_tracking(two.text))
    assert seen_one.status_code == seen_two.status_code == 200
    assert _without_tokens(seen_one.text) == _without_tokens(seen_two.text)
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 2


@pytest.mark.parametrize("opened", [False, True])
async def test_a_mistyped_address_stays_and_the_new_form_has_its_own(
    s: ServiceHarness, opened: bool
) -> None:
    await send(s, "jeune", young(email="ines@exmple.fr"))
    (registered, *_) = await s.take_events()
    assert isinstance(registered, MenteeRegistered)
    if opened:
        await s.client.get(path_of(s, "request", registered.request_id))
    await send(s, "jeune", young(email="ines@exemple.fr"))
    (again,) = [event for event in await s.take_events() if isinstance(event, MenteeRegistered)]
    for person, address in ((registered, "ines@exmple.fr"), (again, "ines@exemple.fr")):
        asked = ContactAsked(
            recipient="mentee", person=str(person.mentee_id), purpose="mentee_registered"
        )
        assert (await s.answer(CONTACT_QUEUE, asked)).email == address


async def test_a_receipt_never_shows_the_request_itself(s: ServiceHarness) -> None:
    answer = await send(s, "jeune", young())
    await s.take_events()
    thanks = await s.client.get(answer.headers["location"])
    page = await s.client.get(_tracking(thanks.text))
    assert "Tandem Avenir" not in page.text
    assert "Formulaire reçu" in page.text


async def test_a_twin_is_somebody_else(s: ServiceHarness) -> None:
    await send(s, "jeune", young())
    await send(s, "jeune", young(first_name="Zoé"))
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 2


async def test_a_child_waits_for_the_parent(s: ServiceHarness) -> None:
    child = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    await send(s, "jeune", child)
    registered, asked = await s.take_events()
    assert isinstance(registered, MenteeRegistered)
    assert isinstance(asked, ConsentAsked)
    page = await s.client.get(path_of(s, "request", registered.request_id))
    assert "L’accord de ton parent" in page.text


async def test_a_child_without_a_parent_is_told_what_is_missing(s: ServiceHarness) -> None:
    page = await send(s, "jeune", young(born="2013-03-04"))
    assert page.status_code == 422
    assert 'href="#guardian_first_name"' in page.text
    assert 'href="#guardian_email"' in page.text


def _without_tokens(page: str) -> str:
    return re.sub(r"[A-Za-z0-9_-]{43}", "TOKEN", page)


def _tracking(page: str) -> str:
    found = re.search(r'href="(/demande/[A-Za-z0-9_-]{43})"', page)
    assert found
    return found[1]
