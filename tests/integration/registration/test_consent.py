"""A parent's consent, before anything else happens."""

from shared.contracts.events import (
    ConsentAsked,
    MenteeRegistered,
    PersonErased,
    RequestConfirmed,
    RequestRouted,
)
from tests.integration.registration.conftest import path_of, register
from tests.unit.registration.people import young

CHILD = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
HTML = {"accept": "text/html"}


async def child(s):
    """A child's request that waits for the parent."""
    answer = await register(s, {"kind": "mentee", **CHILD})
    assert answer.status_code == 202
    registered, asked = [fact for fact in await s.emitted() if not isinstance(fact, PersonErased)]
    assert isinstance(registered, MenteeRegistered)
    assert isinstance(asked, ConsentAsked)
    return asked.request_id


async def test_a_look_changes_nothing_a_button_does(s, partner):
    request = await child(s)
    path = path_of(s, "consent", request)
    page = await s.client.get(path, headers=HTML)
    assert page.status_code == 200
    assert "Inès aimerait avoir un mentor" in page.text, "a parent may have several children here"
    assert "Marchandeau" not in page.text
    assert await s.pool.fetchval("SELECT actor FROM ledger") == "guardian"
    assert await s.emitted() == []
    given = await s.client.post(path, headers=HTML)
    assert given.status_code == 200
    routed, confirmed = await s.emitted()
    assert isinstance(routed, RequestRouted)
    assert isinstance(confirmed, RequestConfirmed)


async def test_a_parent_may_say_no_and_nothing_is_kept(s, partner):
    request = await child(s)
    path = path_of(s, "consent", request)
    assert (await s.client.post(path + "/refus", headers=HTML)).status_code == 200
    assert await s.pool.fetchval("SELECT sealed FROM persons") is None
    assert (await s.client.post(path, headers=HTML)).status_code == 410
    assert (await s.client.post(path + "/refus", headers=HTML)).status_code == 410
    page = await s.client.get(path_of(s, "request", request), headers=HTML)
    assert "pas donné son accord" in page.text
    assert [type(fact) for fact in await s.emitted()] == [PersonErased]
    s.clock.advance(days=91)
    assert await s.fire_due() == 0


async def test_used_unknown_and_expired_links_answer_alike(s, partner):
    request = await child(s)
    path = path_of(s, "consent", request)
    await s.client.post(path)
    used = await s.client.get(path, headers=HTML)
    unknown = await s.client.get("/consentement/" + "x" * 43, headers=HTML)
    assert used.status_code == unknown.status_code == 410
    assert used.text.replace(path, "") == unknown.text.replace("/consentement/" + "x" * 43, "")
    assert (await s.client.post(path, headers=HTML)).status_code == 410


async def test_a_link_for_another_purpose_does_not_consent(s, partner):
    request = await child(s)
    token = s.runtime.links.token("request", request)
    assert (await s.client.post(f"/consentement/{token}", headers=HTML)).status_code == 410
    assert await s.pool.fetchval("SELECT state FROM requests") == "awaiting_consent"


async def test_without_an_answer_everything_is_forgotten(s, partner):
    request = await child(s)
    s.clock.advance(days=91)
    assert await s.fire_due() == 1
    assert (await s.client.post(path_of(s, "consent", request))).status_code == 410
    person = await s.pool.fetchrow("SELECT * FROM persons")
    assert person["sealed"] is None
    assert person["wrapped_key"] is None
    assert await s.pool.fetchval("SELECT count(*) FROM marks") == 0
    page = await s.client.get(path_of(s, "request", request), headers=HTML)
    assert "la demande s’est arrêtée" in page.text


async def test_the_same_child_may_come_again_afterwards(s, partner):
    await child(s)
    s.clock.advance(days=91)
    await s.fire_due()
    await child(s)


async def test_consent_that_a_partner_holds_is_enough(s, partner):
    told = young(born="2013-03-04", parental_consent=True)
    assert (await register(s, {"kind": "mentee", **told})).status_code == 202
    assert isinstance((await s.emitted())[-1], RequestConfirmed)


async def test_the_deadline_after_consent_is_no_deadline(s, partner):
    request = await child(s)
    await s.client.post(path_of(s, "consent", request))
    s.clock.advance(days=91)
    assert await s.fire_due() == 0
