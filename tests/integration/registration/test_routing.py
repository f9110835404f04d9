"""From association to association until one takes charge; nobody is lost on the way."""

from typing import Any
from uuid import UUID

from shared.contracts.events import RequestConfirmed, RequestRouted
from shared.contracts.vocabulary import associations
from tests.integration.registration.conftest import BY_HAND, path_of, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young


async def request(s: ServiceHarness, **changes: Any) -> str:
    answer = await register(s, {"kind": "mentee", **young(**changes)})
    assert answer.status_code == 202
    request_id: str = answer.json()["request_id"]
    return request_id


async def list_routed(s: ServiceHarness) -> list[str]:
    events = await s.take_events()
    return [event.association for event in events if isinstance(event, RequestRouted)]


async def test_by_hand_waits_for_an_answer(s: ServiceHarness, partner: str) -> None:
    await request(s, **BY_HAND)
    found = (await s.take_events())[-1]
    assert isinstance(found, RequestRouted)
    assert found.by_hand
    assert found.association == "passerelle_idf"
    assert (found.answer_by - s.clock.now()).days == 3


async def test_silence_moves_a_request_on(s: ServiceHarness, partner: str) -> None:
    await request(s, **BY_HAND)
    await s.take_events()
    s.clock.advance(days=3)
    assert await s.fire_due() == 1
    events = await s.take_events()
    assert isinstance(events[0], RequestRouted)
    assert events[0].association != "passerelle_idf"
    assert await s.pool.fetchval("SELECT outcome FROM routings WHERE turn = 1") == "silent"


async def test_before_the_deadline_nothing_moves(s: ServiceHarness, partner: str) -> None:
    await request(s, **BY_HAND)
    await s.take_events()
    s.clock.advance(days=2, hours=23)
    assert await s.fire_due() == 0
    assert await s.take_events() == []


async def test_a_sensitive_public_is_kept_apart_and_still_counts(
    s: ServiceHarness, partner: str
) -> None:
    await request(s, publics=["ase", "qpv"], needs=["moral_support"])
    assert await s.pool.fetchval("SELECT criteria->'publics' FROM requests") == ["qpv"]
    assert await s.pool.fetchval("SELECT array_agg(public) FROM sensitive_publics") == ["ase"]
    assert await list_routed(s) == ["grandir_ensemble"]


async def test_everything_of_the_request_reaches_matching(s: ServiceHarness, partner: str) -> None:
    await request(s, publics=["refugee"], needs=["job"], born="2004-02-03", since="2026-01-02")
    confirmed = (await s.take_events())[-1]
    assert isinstance(confirmed, RequestConfirmed)
    assert confirmed.criteria.publics == ("refugee",)
    assert confirmed.since.isoformat().startswith("2026-01-01T23:00")


OLDER: dict[str, Any] = {"born": "1996-05-17", "needs": ["schoolwork"]}
"""A request that only Tandem Avenir serves: all others of that need take younger people."""
BY_ONE_HAND = BY_HAND | {"born": "2001-02-03"}
"""As BY_HAND, a year too old for all but Passerelle, Tandem Avenir and Horizons Ruraux."""


async def fill(s: ServiceHarness, association: str, left: int = 0) -> None:
    """Requests of others that take the places of an association but for so many."""
    other = await request(s, first_name="Gaël", email="gael@exemple.fr")
    await s.pool.execute(
        "INSERT INTO requests (id, mentee_id, state, criteria, age, registered_at, association)"
        " SELECT gen_random_uuid(), mentee_id, 'confirmed', criteria, age, registered_at, $2"
        " FROM requests, generate_series(1, $3) WHERE id = $1",
        UUID(other),
        association,
        associations.ASSOCIATIONS[association].capacity - left,
    )
    await s.pool.execute("UPDATE requests SET state = 'ended' WHERE id = $1", UUID(other))
    await s.take_events()


async def state(s: ServiceHarness, request_id: str) -> str:
    found: str = await s.pool.fetchval("SELECT state FROM requests WHERE id = $1", UUID(request_id))
    return found


async def test_where_nobody_fits_it_is_shown_and_tried_again_each_day(
    s: ServiceHarness, partner: str
) -> None:
    await fill(s, "tandem_avenir")
    found = await request(s, **OLDER)
    assert await state(s, found) == "unrouted"
    page = await s.client.get(path_of(s, "request", found))
    assert "ne se perd pas" in page.text
    s.clock.advance(days=1)
    assert await s.fire_due() == 1, "still nobody"
    assert await state(s, found) == "unrouted"
    await s.pool.execute("UPDATE requests SET state = 'ended' WHERE state = 'confirmed'")
    s.clock.advance(days=1)
    assert await s.fire_due() == 1
    assert await state(s, found) == "confirmed"


async def test_when_all_stay_silent_they_are_asked_again(s: ServiceHarness, partner: str) -> None:
    await fill(s, "tandem_avenir")
    await fill(s, "horizons_ruraux")
    found = await request(s, **BY_ONE_HAND)
    s.clock.advance(days=3)
    assert await s.fire_due() == 1
    assert await state(s, found) == "unrouted"
    s.clock.advance(days=1)
    assert await s.fire_due() == 1
    assert await list_routed(s) == ["passerelle_idf", "passerelle_idf"]


async def test_a_full_association_gets_no_more(s: ServiceHarness, partner: str) -> None:
    await fill(s, "tandem_avenir", left=1)
    last = await request(s, **OLDER)
    late = await request(s, **OLDER, first_name="Zoé", email="zoe@exemple.fr")
    assert await state(s, last) == "confirmed"
    assert await state(s, late) == "unrouted"
