"""A partner's link shows the steps of somebody it registered; nothing behind it acts or shows
personal data."""

import json
from datetime import timedelta

import pytest

from services.registration.use_cases.keep_partner_link import STEPS_KEPT
from shared.contracts.events import Event, MentorLeft, PersonErased, RequestWithdrawn
from tests.integration.registration.conftest import path_of, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

BODIES = {"mentee": young(), "mentor": volunteer()}
BEHIND = (
    "/donnees",
    "/donnees.json",
    "/contact",
    "/effacer",
    "/retrait",
    "/adresse",
    "",
)
"""Everything that stands behind a person's own link."""


@pytest.fixture(params=BODIES)
async def answer(s: ServiceHarness, partner: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """What the API answers a partner, for each side."""
    given = await register(s, {"kind": request.param, **BODIES[request.param]})
    await s.take_events()
    found: dict[str, str] = given.json()
    return found


def path(body: dict[str, str]) -> str:
    return "/demande/" + body["tracking_url"].rsplit("/", 1)[1]


async def test_the_steps_and_nothing_of_the_person(
    s: ServiceHarness, answer: dict[str, str]
) -> None:
    page = await s.client.get(path(answer))
    assert page.status_code == 200
    assert "Inscription reçue" in page.text
    person = BODIES[answer["kind"]]
    for word in (person["first_name"], person["last_name"], person["email"], "/donnees", "<button"):
        assert word not in page.text
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("behind", BEHIND)
async def test_nothing_behind_it_opens_or_acts(
    s: ServiceHarness, answer: dict[str, str], behind: str
) -> None:
    own = path_of(s, "request", answer["request_id"])
    if behind in ("/contact", "/effacer"):
        assert (await s.client.get(own + behind)).status_code == 200, "the person's own link does"
    if behind not in ("", "/retrait", "/adresse"):
        assert (await s.client.get(path(answer) + behind)).status_code == 410
    form = {"email": "partenaire@exemple.fr", "doubt": answer["request_id"]}
    posted = await s.client.post(path(answer) + behind, data=form)
    assert posted.status_code in (405, 410)
    events: list[Event] = await s.take_events()
    assert [one for one in events if isinstance(one, PersonErased | RequestWithdrawn)] == []
    assert not any(isinstance(one, MentorLeft) for one in events)


async def test_why_something_stopped_is_not_shown(s: ServiceHarness, partner: str) -> None:
    child = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    body = (await register(s, {"kind": "mentee", **child})).json()
    own = path_of(s, "request", body["request_id"])
    await s.client.post(own + "/retrait")
    assert "retiré ta demande" in (await s.client.get(own)).text
    page = await s.client.get(path(body))
    assert "Cette inscription est close" in page.text
    assert "retiré ta demande" not in page.text


async def test_it_ends_after_a_year_and_with_the_person(
    s: ServiceHarness, answer: dict[str, str]
) -> None:
    await s.client.post(path_of(s, "request", answer["request_id"]) + "/effacer")
    assert (await s.client.get(path(answer))).status_code == 410
    again = await register(s, {"kind": "mentee", **young(first_name="Zoé")})
    s.clock.advance(days=STEPS_KEPT / timedelta(days=1) - 1)
    assert (await s.client.get(path(again.json()))).status_code == 200
    s.clock.advance(days=2)
    assert (await s.client.get(path(again.json()))).status_code == 410
    own = path_of(s, "request", again.json()["request_id"])
    assert (await s.client.get(own)).status_code == 200


async def test_a_message_on_the_exchange_is_answered_without_any_link(
    s: ServiceHarness, partner: str
) -> None:
    wrong = json.dumps(young(needs=["wings"]))
    await s.deliver("partner.lycees.mentee.registered", wrong.encode())
    (reply,) = [row for row in await s.read_outbox() if row["exchange"] != "binome.events"]
    assert "/demande/" not in reply["body"]
