"""Rate limits of endpoints: the refusal names when to try again, and keeps the answers."""

import asyncio
from collections.abc import Iterable
from itertools import cycle
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.registration.service import SERVICE
from services.registration.settings import RegistrationSettings
from services.registration.use_cases.sign_in import invite_user
from shared.contracts.events import MenteeRegistered, SignInAsked
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.persistence.transaction import TransactionFactory
from shared.service.asgi import build
from tests.integration.registration.conftest import register
from tests.support.service_harness import HarnessFactory, ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

HTML = {"accept": "text/html"}
STRANGER = "une.inconnue@exemple.fr"


def client_from(app: FastAPI, address: str) -> httpx.AsyncClient:
    """A browser at that IP address."""
    transport = httpx.ASGITransport(app=app, client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


def pupil(n: int, **changes: Any) -> dict[str, Any]:
    """Somebody of a class: a name, a birthday and an address of their own."""
    name = "abcdefghijklmnopqrstuvwxyz"[n % 26] + "ae"[n // 26 % 2] * (1 + n // 52)
    about = {
        "first_name": f"Lia{name}",
        "last_name": f"Martel{name}",
        "email": f"eleve{n}@exemple.fr",
        "born": f"2009-{1 + n % 12:02}-{2 + n % 25:02}",
    }
    return young(**about | changes)


async def send(
    client: httpx.AsyncClient, n: int, who: str = "jeune", **changes: Any
) -> httpx.Response:
    person = pupil(n, **changes) if who == "jeune" else volunteer(**changes)
    return await client.post(f"/inscription/{who}", data=form_of(person), headers=HTML)


async def statuses(client: httpx.AsyncClient, numbers: Iterable[int], **changes: Any) -> list[int]:
    return [(await send(client, n, **changes)).status_code for n in numbers]


async def count_registered(s: ServiceHarness) -> int:
    return sum(1 for event in await s.take_events() if isinstance(event, MenteeRegistered))


async def test_sixty_forms_that_name_one_stranger(s: ServiceHarness) -> None:
    """Seen: all 60 were taken, from any number of addresses."""
    clients = cycle([client_from(s.app, f"198.51.{n}.7") for n in range(10)])
    answers = [(await send(next(clients), n, email=STRANGER)).status_code for n in range(60)]
    assert answers == [303] * 20 + [429] * 40
    assert await count_registered(s) == 20


async def test_a_stranger_is_named_however_the_address_is_written(s: ServiceHarness) -> None:
    for n in range(20):
        address = f"Une.Inconnue+{n}@Exemple.FR"
        assert (await send(s.client, n, email=address)).status_code == 303
    assert (await send(s.client, 20, email=STRANGER)).status_code == 429
    guardian = {"guardian_email": STRANGER, "guardian_first_name": "Ada"}
    assert (await send(s.client, 21, **guardian)).status_code == 429
    volunteer_too = await send(s.client, 0, who="mentor", email=STRANGER)
    assert volunteer_too.status_code == 429


async def test_forty_forms_with_random_numbers_of_one_block(s: ServiceHarness) -> None:
    """Seen: 40 forms to random numbers were all taken."""
    clients = cycle([client_from(s.app, f"198.51.{n}.7") for n in range(10)])
    phones = [f"06 39 98 {n:02} {n:02}" for n in range(10, 50)]
    answers = [
        (await send(next(clients), n, email="", phone=phone)).status_code
        for n, phone in enumerate(phones)
    ]
    assert answers == [303] * 20 + [429] * 20


async def test_a_hundred_and_fifty_forms_in_nine_seconds_from_one_address(
    s: ServiceHarness,
) -> None:
    """Seen: nothing was slowed. A minute later there is room again, up to the network's 200."""
    machine = client_from(s.app, "203.0.113.9")
    assert await statuses(machine, range(150)) == [303] * 40 + [429] * 110
    for minute in range(4):
        s.clock.advance(seconds=62)
        assert await statuses(machine, range(200 + 40 * minute, 240 + 40 * minute)) == [303] * 40
    s.clock.advance(seconds=62)
    assert (await send(machine, 500)).status_code == 429, "200 an hour from a network"
    neighbour = client_from(s.app, "203.0.113.77")
    assert (await send(neighbour, 501)).status_code == 429, "a /24 is one network"
    elsewhere = client_from(s.app, "203.0.114.9")
    assert (await send(elsewhere, 502)).status_code == 303
    s.clock.advance(hours=1)
    assert (await send(machine, 503)).status_code == 303


async def test_a_class_behind_one_address_gets_in(s: ServiceHarness) -> None:
    school = client_from(s.app, "192.0.2.80")
    for begun in (0, 35, 70):
        assert await statuses(school, range(begun, begun + 35)) == [303] * 35
        s.clock.advance(minutes=10)
    assert await count_registered(s) == 105


async def test_who_has_to_wait_reads_when_to_come_back_and_types_nothing_again(
    s: ServiceHarness,
) -> None:
    for n in range(20):
        await send(s.client, n, email=STRANGER)
    s.clock.advance(minutes=20)
    answer = await send(s.client, 30, email=STRANGER, first_name="Zoé", needs=["orientation"])
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 41 * 60
    assert "Un peu de patience" in answer.text
    assert "dans 41\u00a0minutes" in answer.text or "dans 41 minutes" in answer.text
    assert 'value="Zoé"' in answer.text
    assert f'value="{STRANGER}"' in answer.text
    assert 'value="orientation" checked' in " ".join(answer.text.split())
    english = await s.client.post(
        "/inscription/jeune?lang=en", data=form_of(pupil(31, email=STRANGER)), headers=HTML
    )
    assert "simply send them again in 41 minutes" in english.text
    s.clock.advance(seconds=int(answer.headers["retry-after"]))
    again = await send(s.client, 30, email=STRANGER, first_name="Zoé")
    assert again.status_code == 303


async def test_nobody_learns_from_a_limit_whether_somebody_is_known(s: ServiceHarness) -> None:
    """A form counts before anybody is looked up: known or not, the same answers in a row."""
    await send(s.client, 0)
    s.clock.advance(hours=2)
    status_codes = await statuses(s.client, [0] * 25)
    s.clock.advance(hours=2)
    strange = await statuses(s.client, [1] * 25)
    assert status_codes == strange == [303] * 20 + [429] * 5


async def test_limits_hold_over_two_replicas_at_once(s: ServiceHarness) -> None:
    other = build(SERVICE, s.runtime.settings)
    runtime = other.state.runtime
    runtime.clock, runtime.pool = s.clock, s.pool
    runtime.transactions = TransactionFactory("registration", s.pool, s.clock, runtime.links)
    one, two = client_from(s.app, "198.51.100.1"), client_from(other, "203.0.113.1")
    answers = await asyncio.gather(
        *(send(client, n + 30 * k, email=STRANGER) for k, client in enumerate((one, two))
          for n in range(15))
    )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [303] * 20 + [429] * 10


async def test_a_forged_forwarded_address_counts_for_nothing(s: ServiceHarness) -> None:
    """Regression: a forged header gave each form a new network."""
    answers = [
        await s.client.post(
            "/inscription/jeune",
            data=form_of(pupil(n)),
            headers={**HTML, "x-forwarded-for": f"198.51.{n}.1"},
        )
        for n in range(45)
    ]
    assert [answer.status_code for answer in answers] == [303] * 40 + [429] * 5


async def test_the_address_comes_from_a_configured_proxy(
    make_harness: HarnessFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINOME_TRUSTED_PROXIES", "172.28.5.10, 172.28.6.0/24")
    s = await make_harness(SERVICE)
    proxy, other = client_from(s.app, "172.28.5.10"), client_from(s.app, "172.28.5.11")

    async def from_(client: httpx.AsyncClient, n: int, forwarded: str) -> int:
        headers = {**HTML, "x-forwarded-for": forwarded}
        data = form_of(pupil(n))
        return (await client.post("/inscription/jeune", data=data, headers=headers)).status_code

    # What a visitor forged stands left of what the proxies wrote, and does not count.
    forged = [await from_(proxy, n, f"10.9.{n}.1, 198.51.100.4, 172.28.6.2") for n in range(45)]
    assert forged == [303] * 40 + [429] * 5
    assert [await from_(proxy, n, f"198.51.{n}.4") for n in range(50, 100)] == [303] * 50
    direct = [await from_(other, n, f"203.0.{n}.4") for n in range(100, 145)]
    assert direct == [303] * 40 + [429] * 5, "not a proxy of ours"


async def test_fifteen_posts_for_a_link_are_one_mail(s: ServiceHarness) -> None:
    """Seen: 15 sign-in posts, 15 mails. Every answer is the same."""
    code, address = next(iter(ASSOCIATIONS)), "camille@exemple.fr"
    async with s.runtime.begin() as tx:
        await invite_user("camille", code, address, tx)
    await s.take_events()
    s.clock.advance(minutes=6)
    answers = [
        await s.client.post("/associations/entree", data={"email": address}, headers=HTML)
        for _ in range(15)
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    asked = [event for event in await s.take_events() if isinstance(event, SignInAsked)]
    assert [event.association for event in asked] == [code]
    s.clock.advance(minutes=5, seconds=5)
    await s.client.post("/associations/entree", data={"email": address}, headers=HTML)
    assert len(await s.take_events()) == 1


async def test_a_network_asks_for_links_to_sign_in_thirty_times_an_hour(s: ServiceHarness) -> None:
    data = {"email": "personne@exemple.fr"}
    answers = [
        await s.client.post("/associations/entree", data=data, headers=HTML) for _ in range(31)
    ]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert 'value="personne@exemple.fr"' in answers[-1].text
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/demande/{}", "/consentement/{}", "/associations/entree/{}"])
async def test_whoever_guesses_links_has_to_wait(s: ServiceHarness, path: str) -> None:
    guesses = [await s.client.get(path.format(f"x{n}"), headers=HTML) for n in range(61)]
    assert [answer.status_code for answer in guesses] == [410] * 60 + [429]
    assert "Revenez dans" in guesses[-1].text
    elsewhere = client_from(s.app, "203.0.113.5")
    assert (await elsewhere.get(path.format("x"), headers=HTML)).status_code == 410


async def test_links_that_open_are_no_guesses(s: ServiceHarness) -> None:
    receipt = (await send(s.client, 0)).headers["location"]
    token = receipt.rsplit("/", 1)[1]
    for _ in range(70):
        assert (await s.client.get(f"/demande/{token}", headers=HTML)).status_code == 200


async def test_answers_of_guardians_are_counted_by_network_and_kept_on_the_page(
    s: ServiceHarness,
) -> None:
    assert isinstance(s.runtime.settings, RegistrationSettings)
    s.runtime.settings.limit_consents_per_network = 3
    data = {"guardian": 'Ada "Nour"', "bond": ["mère", "tutrice"]}
    for n in range(3):
        answer = await s.client.post(f"/consentement/x{n}", data=data, headers=HTML)
        assert answer.status_code == 410
    answer = await s.client.post("/consentement/x", data=data, headers=HTML)
    assert answer.status_code == 429
    assert "les réponses sont gardées sur cette page" in answer.text
    assert '<input type="hidden" name="guardian" value="Ada &#34;Nour&#34;">' in answer.text
    assert answer.text.count('name="bond"') == 2


async def test_a_partner_has_a_quota_of_its_own(
    s: ServiceHarness, partner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(s.runtime.settings, RegistrationSettings)
    s.runtime.settings.limit_registrations_per_partner = 3
    for n in range(3):
        assert (await register(s, {"kind": "mentee", **pupil(n)})).status_code == 202
    refused = await register(s, {"kind": "mentee", **pupil(4)})
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:binome:problem:too_many_requests"
    assert 0 < int(refused.headers["retry-after"]) <= 3660
    assert (await send(s.client, 5)).status_code == 303, "pages go on"
    s.clock.advance(seconds=int(refused.headers["retry-after"]))
    assert (await register(s, {"kind": "mentee", **pupil(4)})).status_code == 202


async def test_no_address_number_or_network_is_written_down(s: ServiceHarness) -> None:
    await send(s.client, 0, phone="06 39 98 12 34", email=STRANGER)
    rows = await s.pool.fetch("SELECT * FROM limit_counts")
    assert {row["rule"] for row in rows} >= {"forms_mail", "forms_phone", "forms_prefix"}
    written = " ".join(str(dict(row)) for row in rows)
    assert not any(word in written for word in ("inconnue", "63998", "127.0.0"))
    assert {len(row["key"]) for row in rows} == {16}
