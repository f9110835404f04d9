"""From association to association until one takes charge; nobody is lost on the way."""

import pytest

from shared.contracts.events import RequestConfirmed, RequestRouted
from shared.contracts.vocabulary import associations
from tests.integration.registration.conftest import BY_HAND, path_of, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young


async def request(s, **changes):
    answer = await register(s, {"kind": "mentee", **young(**changes)})
    assert answer.status_code == 202
    return answer.json()["request_id"]


async def routed(s):
    return [fact.association for fact in await s.emitted() if isinstance(fact, RequestRouted)]


async def test_by_hand_waits_for_an_answer(s: ServiceHarness, partner: str) -> None:
    await request(s, **BY_HAND)
    found = (await s.emitted())[-1]
    assert isinstance(found, RequestRouted)
    assert found.by_hand
    assert found.association == "passerelle_idf"
    assert (found.answer_by - s.clock.now()).days == 3


async def test_silence_moves_a_request_on(s: ServiceHarness, partner: str) -> None:
    await request(s, **BY_HAND)
    await s.emitted()
    s.clock.advance(days=3)
    assert await s.fire_due() == 1
    facts = await s.emitted()
    assert isinstance(facts[0], RequestRouted)
    assert facts[0].association != "passerelle_idf"
    assert await s.pool.fetchval("SELECT outcome FROM routings WHERE turn = 1") == "silent"


async def test_before_the_deadline_nothing_moves(s: ServiceHarness, partner: str) -> None:
    await request(s, **BY_HAND)
    await s.emitted()
    s.clock.advance(days=2, hours=23)
    assert await s.fire_due() == 0
    assert await s.emitted() == []


async def test_a_sensitive_public_is_kept_apart_and_still_counts(
    s: ServiceHarness, partner: str
) -> None:
    await request(s, publics=["ase", "qpv"], needs=["moral_support"])
    assert await s.pool.fetchval("SELECT criteria->'publics' FROM requests") == ["qpv"]
    assert await s.pool.fetchval("SELECT array_agg(public) FROM sensitive_publics") == ["ase"]
    assert await routed(s) == ["grandir_ensemble"]


async def test_everything_of_the_request_reaches_matching(s: ServiceHarness, partner: str) -> None:
    await request(s, publics=["refugee"], needs=["job"], born="2004-02-03", since="2026-01-02")
    confirmed = (await s.emitted())[-1]
    assert isinstance(confirmed, RequestConfirmed)
    assert confirmed.criteria.publics == ("refugee",)
    assert confirmed.since.isoformat().startswith("2026-01-01T23:00")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch):
    """Only these associations are there."""

    def leave(*codes):
        kept = {code: associations.ASSOCIATIONS[code] for code in codes}
        monkeypatch.setattr("services.registration.use_cases.route_request.ASSOCIATIONS", kept)

    return leave


async def test_nobody_fits_is_said_and_tried_again_each_day(
    s: ServiceHarness, partner: str, only
) -> None:
    only()
    found = await request(s)
    assert await s.pool.fetchval("SELECT state FROM requests") == "unrouted"
    page = await s.client.get(path_of(s, "request", found))
    assert "ne se perd pas" in page.text
    s.clock.advance(days=1)
    assert await s.fire_due() == 1, "still nobody"
    only("tandem_avenir")
    s.clock.advance(days=1)
    assert await s.fire_due() == 1
    assert await s.pool.fetchval("SELECT state FROM requests") == "confirmed"


async def test_when_all_stay_silent_they_are_asked_again(
    s: ServiceHarness, partner: str, only
) -> None:
    only("passerelle_idf")
    await request(s, **BY_HAND)
    s.clock.advance(days=3)
    assert await s.fire_due() == 1
    assert await s.pool.fetchval("SELECT state FROM requests") == "unrouted"
    s.clock.advance(days=1)
    assert await s.fire_due() == 1
    assert await routed(s) == ["passerelle_idf", "passerelle_idf"]


async def test_a_full_association_gets_no_more(
    s: ServiceHarness, partner: str, only, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = associations.ASSOCIATIONS["tandem_avenir"].model_copy(update={"capacity": 1})
    monkeypatch.setattr(
        "services.registration.use_cases.route_request.ASSOCIATIONS", {"tandem_avenir": small}
    )
    await request(s)
    await request(s, first_name="Zoé", email="zoe@exemple.fr")
    states = await s.pool.fetchval("SELECT array_agg(state ORDER BY state) FROM requests")
    assert states == ["confirmed", "unrouted"]
