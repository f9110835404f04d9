"""Coordinators: how they come in, what they see, what they answer."""

from uuid import uuid4

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer

from services.registration.use_cases.sign_in import invite_user
from shared.contracts.events import EngagementEnded, RequestConfirmed, RequestRouted, SignInAsked
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.web.sessions import fingerprint_of
from tests.integration.registration.conftest import BY_HAND, csrf, path_of, register, sign_in
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young

HTML = {"accept": "text/html"}


@pytest.fixture
async def request_id(s: ServiceHarness, partner: str) -> str:
    """A request that waits for Passerelle Île-de-France."""
    person = young(**BY_HAND | {"publics": ["qpv", "disability"]})
    answer = await register(s, {"kind": "mentee", **person})
    value: str = answer.json()["request_id"]
    return value


async def post(s: ServiceHarness, path: str, **data: str) -> httpx.Response:
    page = await s.client.get("/associations")
    return await s.client.post(path, data={"csrf": csrf(page.text)} | data, headers=HTML)


async def test_every_address_gets_the_same_answer(s: ServiceHarness) -> None:
    await invite(s, "pas_a_pas")
    answer_known = await s.client.post(
        "/associations/entree", data={"email": "CAMILLE@exemple.fr "}
    )
    (asked,) = await s.take_events()
    unknown = await s.client.post("/associations/entree", data={"email": "x@exemple.fr"})
    assert isinstance(asked, SignInAsked)
    assert asked.association == "pas_a_pas"
    assert answer_known.text == unknown.text
    assert await s.take_events() == []
    assert (await s.client.post("/associations/entree", data={"email": "x"})).status_code == 422


async def test_the_shared_address_of_an_association_opens_no_session(s: ServiceHarness) -> None:
    await invite(s, "pas_a_pas")
    shared = ASSOCIATIONS["pas_a_pas"].coordinator
    await s.client.post("/associations/entree", data={"email": shared})
    assert await s.take_events() == []


async def test_a_sign_in_link_opens_once_within_a_day(s: ServiceHarness) -> None:
    await invite(s, "pas_a_pas")
    for late in (False, True):
        await s.client.post("/associations/entree", data={"email": "camille@exemple.fr"})
        (asked,) = [event for event in await s.take_events() if isinstance(event, SignInAsked)]
        path = path_of(s, "signin", asked.signin_id)
        s.clock.advance(hours=25 if late else 1)
        assert (await s.client.get(path, headers=HTML)).status_code == (410 if late else 200)
        assert (await s.client.get(path, headers=HTML)).status_code == (410 if late else 200)
        first = await s.client.post(path, headers=HTML)
        assert first.status_code == (410 if late else 303)
        assert (await s.client.post(path, headers=HTML)).status_code == 410


async def test_without_a_session_nothing_is_shown(s: ServiceHarness, request_id: str) -> None:
    for path in ("/associations", f"/associations/demandes/{request_id}"):
        answer = await s.client.get(path, headers=HTML)
        assert answer.headers["location"] == "/associations/entree"
    for act in ("prise-en-charge", "refus", "identite"):
        answer = await s.client.post(f"/associations/demandes/{request_id}/{act}", headers=HTML)
        assert answer.status_code == 303


async def test_half_anonymous_until_taken_charge(s: ServiceHarness, request_id: str) -> None:
    await sign_in(s, "passerelle_idf")
    page = await s.client.get("/associations", headers=HTML)
    one = await s.client.get(f"/associations/demandes/{request_id}", headers=HTML)
    for text in (page.text, one.text):
        assert "18\u00a0à\u00a021\u00a0ans" in text
        assert "Seine-Saint-Denis" in text
        for word in ("Inès", "Marchandeau", "exemple.fr", "2006"):
            assert word not in text
    assert "QPV" in one.text
    assert "handicap" not in one.text, "not this association's speciality"
    refused = await post(s, f"/associations/demandes/{request_id}/identite")
    assert refused.status_code == 404
    assert await s.pool.fetchval("SELECT count(*) FROM ledger") == 0


async def test_taking_charge_opens_who_asks_and_it_is_noted(
    s: ServiceHarness, request_id: str
) -> None:
    await sign_in(s, "passerelle_idf")
    answer = await post(s, f"/associations/demandes/{request_id}/prise-en-charge")
    assert answer.status_code == 303
    (confirmed,) = await s.take_events()
    assert isinstance(confirmed, RequestConfirmed)
    assert confirmed.association == "passerelle_idf"
    page = await s.client.get(answer.headers["location"], headers=HTML)
    assert "Marchandeau" not in page.text, "only when asked for"
    for count in (1, 2):
        opened = await post(s, f"/associations/demandes/{request_id}/identite")
        assert "Marchandeau" in opened.text
        assert "ines.marchandeau@exemple.fr" in opened.text
        assert opened.headers["cache-control"] == "no-store"
        assert await s.pool.fetchval("SELECT count(*) FROM ledger") == count
    row = await s.fetch_row("SELECT actor, what FROM ledger LIMIT 1")
    assert tuple(row) == ("camille@passerelle_idf", "identity")


async def test_taking_charge_twice_is_once(s: ServiceHarness, request_id: str) -> None:
    await sign_in(s, "passerelle_idf")
    await post(s, f"/associations/demandes/{request_id}/prise-en-charge")
    await post(s, f"/associations/demandes/{request_id}/prise-en-charge")
    assert [type(event) for event in await s.take_events()] == [RequestConfirmed]
    s.clock.advance(days=10)
    assert await s.fire_due() == 0


async def test_declining_sends_it_to_the_next(s: ServiceHarness, request_id: str) -> None:
    await sign_in(s, "passerelle_idf")
    answer = await post(s, f"/associations/demandes/{request_id}/refus", why="capacity")
    assert answer.headers["location"] == "/associations"
    routed = (await s.take_events())[0]
    assert isinstance(routed, RequestRouted)
    assert routed.association != "passerelle_idf"
    row = await s.fetch_row("SELECT outcome, declined_for FROM routings WHERE turn = 1")
    assert tuple(row) == ("declined", "capacity")
    gone = await s.client.get(f"/associations/demandes/{request_id}", headers=HTML)
    assert gone.status_code == 404


async def test_declining_wants_a_reason(s: ServiceHarness, request_id: str) -> None:
    await sign_in(s, "passerelle_idf")
    for why in ("", "because of Inès"):
        answer = await post(s, f"/associations/demandes/{request_id}/refus", why=why)
        assert answer.status_code == 422
        assert 'href="#why"' in answer.text
    assert await s.take_events() == []


async def test_another_association_sees_and_does_nothing(
    s: ServiceHarness, request_id: str
) -> None:
    await sign_in(s, "pas_a_pas")
    page = await s.client.get("/associations", headers=HTML)
    assert request_id not in page.text
    assert (await s.client.get(f"/associations/demandes/{request_id}")).status_code == 404
    await s.client.get("/associations")
    for act in ("prise-en-charge", "refus", "identite"):
        token = await _token(s)
        data = {"csrf": token, "why": "other"}
        await s.client.post(f"/associations/demandes/{request_id}/{act}", data=data)
    assert await s.pool.fetchval("SELECT state FROM requests") == "routed"
    assert await s.pool.fetchval("SELECT count(*) FROM ledger") == 0


async def test_a_forged_post_does_nothing(s: ServiceHarness, request_id: str) -> None:
    await sign_in(s, "passerelle_idf")
    foreign = csrf((await s.client.get("/associations")).text)
    await sign_in(s, "passerelle_idf")
    s.client.cookies.set("binome_session", s.client.cookies["binome_session"])
    for token in ("", "x", foreign + "x"):
        for act in ("prise-en-charge", "identite", "refus"):
            answer = await s.client.post(
                f"/associations/demandes/{request_id}/{act}",
                data={"csrf": token, "why": "other"},
                headers=HTML,
            )
            assert answer.status_code == 403
    assert await s.pool.fetchval("SELECT state FROM requests") == "routed"


async def test_many_requests_in_charge_come_page_by_page(s: ServiceHarness, partner: str) -> None:
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    for n in range(51):
        name = "Marchandeau" + alphabet[n // 26] + alphabet[n % 26]
        person = young(last_name=name, email=f"jeune{n}@exemple.fr")
        assert (await register(s, {"kind": "mentee", **person})).status_code == 202
    await sign_in(s, "tandem_avenir")
    first = await s.client.get("/associations", headers=HTML)
    second = await s.client.get("/associations?page=2", headers=HTML)
    assert first.text.count('href="/associations/demandes/') == 50
    assert second.text.count('href="/associations/demandes/') == 1
    assert 'href="/associations?page=2"' in first.text
    assert 'href="/associations?page=1"' in second.text
    assert (await s.client.get("/associations?page=0", headers=HTML)).status_code == 422


async def test_signing_out(s: ServiceHarness, request_id: str) -> None:
    await sign_in(s, "passerelle_idf")
    assert (await s.client.post("/associations/sortie")).status_code == 403
    assert (await s.client.get("/associations")).status_code == 200
    await post(s, "/associations/sortie")
    assert (await s.client.get("/associations")).status_code == 303


async def test_an_ended_request_closes_who_asked_after_thirty_days(
    s: ServiceHarness, request_id: str
) -> None:
    await sign_in(s, "passerelle_idf")
    await post(s, f"/associations/demandes/{request_id}/prise-en-charge")
    (confirmed,) = await s.take_events()
    assert isinstance(confirmed, RequestConfirmed)
    ended = EngagementEnded(
        engagement_id=uuid4(),
        pair_id=uuid4(),
        request_id=confirmed.request_id,
        mentee_id=confirmed.mentee_id,
        mentor_id=uuid4(),
        reason="completed",
    )
    await s.handle(ended)
    path = f"/associations/demandes/{request_id}"
    s.clock.advance(days=29)
    assert "Marchandeau" in (await post(s, f"{path}/identite")).text
    s.clock.advance(days=1)
    assert "n’est plus consultable" in (await s.client.get(path, headers=HTML)).text
    token = csrf((await s.client.get("/associations")).text)
    refused = await s.client.post(f"{path}/identite", data={"csrf": token}, headers=HTML)
    assert refused.status_code == 404
    assert await s.pool.fetchval("SELECT count(*) FROM ledger") == 1


async def invite(s: ServiceHarness, association: str) -> None:
    """Somebody of an association, whose first link is left unread."""
    async with s.runtime.begin() as tx:
        assert await invite_user("camille", association, "camille@exemple.fr", tx)
    await s.take_events()


async def _token(s: ServiceHarness) -> str:
    key = s.runtime.settings.secret_key.get_secret_value()
    signer = URLSafeTimedSerializer(key, salt="binome-form")
    session = fingerprint_of(s.client.cookies["binome_session"]).hex()
    return signer.dumps([session, "x"])
