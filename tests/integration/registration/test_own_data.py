"""A person's own link: everything held, in words and as a file; withdrawing; erasing."""

from typing import Any

import pytest
from pydantic import BaseModel

from services.registration.store import Links
from shared.contracts.events import (
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    PersonErased,
    RequestWithdrawn,
)
from shared.contracts.held import HeldAsked, HeldGiven
from tests.integration.registration.conftest import path_of, register
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

HTML = {"accept": "text/html"}
MESSAGE = {
    "template": "mentee_registered",
    "channel": "mail",
    "state": "delivered",
    "intended_at": "2026-01-10T09:00:00+00:00",
    "settled_at": "2026-01-10T09:00:01+00:00",
}
CHECKIN = {"kind": "month_1", "asked_at": "2026-02-10T09:00:00+00:00", "answer": "fine"}


class Others:
    """The other services, each with what it holds; `silent` ones do not answer."""

    def __init__(self) -> None:
        self.asked: list[HeldAsked] = []
        self.silent: set[str] = set()

    async def call(self, queue: str, question: BaseModel, _answer: Any) -> HeldGiven:
        assert isinstance(question, HeldAsked)
        self.asked.append(question)
        service = queue.partition(".")[0]
        if service in self.silent:
            raise TimeoutError
        held = {"notification": {"messages": [MESSAGE]}, "followup": {"checkins": [CHECKIN]}}
        return HeldGiven(tables=held.get(service, {}))

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def others(s: ServiceHarness) -> Others:
    made = Others()
    s.runtime.rpc_client = made  # type: ignore[assignment]  # a stand-in
    return made


@pytest.fixture
async def path(s: ServiceHarness, partner: str, others: Others) -> str:
    """The tracking page of a young person with a sensitive public."""
    await register(s, {"kind": "mentee", **young(publics=["disability"])})
    return path_of(s, "request", pick_event(MenteeRegistered, await s.take_events()).request_id)


@pytest.fixture
async def mentors_path(s: ServiceHarness, partner: str, others: Others) -> str:
    await register(s, {"kind": "mentor", **volunteer()})
    return path_of(s, "request", pick_event(MentorRegistered, await s.take_events()).mentor_id)


async def test_everything_held_is_shown_in_words(s: ServiceHarness, path: str) -> None:
    tracking = await s.client.get(path, headers=HTML)
    assert f"{path}/donnees" in tracking.text
    page = await s.client.get(f"{path}/donnees", headers=HTML)
    assert page.status_code == 200
    for words in ("Marchandeau", "ines.marchandeau@exemple.fr", "17 mai 2006", "handicap"):
        assert words in page.text
    assert "Demande reçue" in page.text
    assert "Mois 1" in page.text
    assert "La personne elle-même" in page.text, "this very look is shown"


async def test_the_file_holds_what_every_service_holds(
    s: ServiceHarness, path: str, others: Others
) -> None:
    answer = await s.client.get(f"{path}/donnees.json")
    assert answer.headers["content-type"] == "application/json"
    assert "attachment" in answer.headers["content-disposition"]
    body = answer.json()
    assert body["identity"]["last_name"] == "Marchandeau"
    assert body["services"]["registration"]["sensitive_publics"][0]["public"] == "disability"
    assert body["services"]["notification"] == {"messages": [MESSAGE]}
    assert body["who_looked"][0] | {"at": ""} == {
        "at": "", "actor": "person", "what": "identity", "reason": "export",
    }  # fmt: skip
    assert len(others.asked) == 3
    assert "digest" not in answer.text
    assert "fingerprint" not in answer.text


async def test_what_could_not_be_read_is_named(
    s: ServiceHarness, path: str, others: Others
) -> None:
    others.silent = {"matching"}
    page = await s.client.get(f"{path}/donnees", headers=HTML)
    assert "Une partie manque" in page.text
    assert (await s.client.get(f"{path}/donnees.json")).json()["missing"] == ["matching"]


async def test_a_stranger_does_not_learn_from_their_file_that_somebody_is_known(
    s: ServiceHarness, path: str
) -> None:
    """The second one has the first one's name and birth date, and waits for a decision."""
    await register(s, {"kind": "mentee", **young(email="autre@exemple.fr")})
    newcomer = pick_event(MenteeRegistered, await s.take_events())
    body = (await s.client.get(f"{path_of(s, 'request', newcomer.request_id)}/donnees.json")).json()
    assert await s.pool.fetchval("SELECT count(*) FROM doubts") == 1
    assert "doubts" not in body["services"]["registration"]
    for hidden in ("held", "same_as"):
        assert hidden not in body["services"]["registration"]["persons"][0]


async def test_withdrawing_stops_the_request_and_keeps_the_data(
    s: ServiceHarness, path: str
) -> None:
    assert (await s.client.get(f"{path}/retrait")).status_code == 405
    done = await s.client.post(f"{path}/retrait", headers=HTML)
    assert done.status_code == 303
    (withdrawn,) = await s.take_events()
    assert isinstance(withdrawn, RequestWithdrawn)
    assert withdrawn.reason == "withdrawn"
    assert (await s.client.get(f"{path}/donnees")).status_code == 200


async def test_erasing_takes_a_button_and_gives_a_receipt(s: ServiceHarness, path: str) -> None:
    explained = await s.client.get(f"{path}/effacer", headers=HTML)
    assert "la clé qui seule permet de les lire est détruite" in explained.text
    assert "définitif le 18 janvier 2026" in explained.text
    assert await s.take_events() == [], "a look changes nothing"
    done = await s.client.post(f"{path}/effacer", headers=HTML)
    assert "Le reçu" in done.text
    assert "définitif le 18 janvier 2026" in done.text
    assert [type(event) for event in await s.take_events()] == [RequestWithdrawn, PersonErased]
    for page in ("", "/donnees", "/effacer"):
        assert "Le reçu" in (await s.client.get(path + page, headers=HTML)).text
    assert (await s.client.post(f"{path}/effacer", headers=HTML)).status_code == 200
    assert await s.take_events() == []


async def test_a_mentor_erases_themselves(s: ServiceHarness, mentors_path: str) -> None:
    page = await s.client.get(f"{mentors_path}/donnees", headers=HTML)
    assert "Vos données" in page.text
    assert "Retirer la demande" not in page.text
    await s.client.post(f"{mentors_path}/effacer", headers=HTML)
    assert [type(event) for event in await s.take_events()] == [MentorLeft, PersonErased]


async def test_a_guardian_sees_and_erases_by_their_own_link(
    s: ServiceHarness, partner: str, others: Others
) -> None:
    child = {"born": "2013-03-04", "guardian_first_name": "Maud", "guardian_email": "m@exemple.fr"}
    await register(s, {"kind": "mentee", **young(**child)})
    person = pick_event(MenteeRegistered, await s.take_events()).mentee_id
    mark = s.runtime.links.token("parent", person)
    async with s.runtime.begin() as tx:
        kept = tx.fingerprint("parent", person)
        await Links(tx.connection).keep("parent", person, kept, tx.now.replace(year=2031))
    page = await s.client.get(f"/parent/{mark}/donnees", headers=HTML)
    assert "Les données de Inès" in page.text
    done = await s.client.post(f"/parent/{mark}/effacer", headers=HTML)
    assert "Le reçu" in done.text
    assert "Le reçu" in (await s.client.get(f"/parent/{mark}/effacer", headers=HTML)).text


@pytest.mark.parametrize("page", ["donnees", "donnees.json", "effacer"])
async def test_an_unknown_link_answers_like_an_expired_one(
    s: ServiceHarness, path: str, page: str
) -> None:
    unknown = await s.client.get(f"/demande/{'x' * 43}/{page}", headers=HTML)
    s.clock.advance(days=4 * 365)
    expired = await s.client.get(f"{path}/{page}", headers=HTML)
    assert unknown.status_code == expired.status_code == 410
