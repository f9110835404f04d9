"""The partners' HTTP endpoint."""

import asyncio
import json

import pytest

from shared.contracts.events import MenteeRegistered, MentorRegistered
from tests.integration.registration.conftest import KEY, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

MENTEE = {"kind": "mentee", "reference": "dossier-12", **young()}


async def test_accepted_with_a_place_to_look(s: ServiceHarness, partner: str) -> None:
    answer = await register(s, MENTEE)
    assert answer.status_code == 202
    body = answer.json()
    (registered, *_) = await s.take_events()
    assert isinstance(registered, MenteeRegistered)
    assert body["request_id"] == str(registered.request_id)
    page = await s.client.get(body["tracking_url"])
    assert page.status_code == 200
    assert await s.pool.fetchval("SELECT partner FROM persons") == partner


async def test_a_partner_may_say_that_a_mentor_is_cleared(s: ServiceHarness, partner: str) -> None:
    person = volunteer(cleared=True, reference="mentor-7")
    answer = await register(s, {"kind": "mentor", **person})
    assert answer.status_code == 202
    (registered,) = await s.take_events()
    assert isinstance(registered, MentorRegistered)
    assert registered.criteria.cleared is True
    assert (await s.client.get(answer.json()["tracking_url"])).status_code == 200


async def test_a_wrong_key(s: ServiceHarness, partner: str) -> None:
    for key in ("", "bnm_wrong", KEY + "x"):
        answer = await register(s, MENTEE, key=key)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
    no_header = await s.client.post("/api/v1/registrations", json=MENTEE)
    assert no_header.status_code == 401
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"kind": "mentee",', b"[" * 5000])
async def test_malformed_json(s: ServiceHarness, partner: str, body: bytes) -> None:
    answer = await register(s, body)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("malformed_json")


async def test_every_field_that_is_wrong_is_listed(s: ServiceHarness, partner: str) -> None:
    wrong = {"needs": ["wings"], "phone": "+44 7700 900123", "born": "2095-01-01", "consent": False}
    answer = await register(s, MENTEE | wrong)
    assert answer.status_code == 422
    found = {fault["field"]: fault for fault in answer.json()["errors"]}
    assert set(found) == {"born", "needs", "phone", "consent"}
    assert found["needs"]["code"] == "unknown"
    assert found["needs"]["fr"]
    assert found["needs"]["en"]
    assert "wings" not in answer.text
    assert "7700" not in answer.text
    assert await s.take_events() == []


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{}", b'{"kind": "robot"}', b'{"kind": ["a"]}'])
async def test_something_else_than_a_registration(
    s: ServiceHarness, partner: str, body: bytes
) -> None:
    answer = await register(s, body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_large_body(s: ServiceHarness, partner: str) -> None:
    answer = await register(s, b'{"kind": "' + b"x" * 1_000_001 + b'"}')
    assert answer.status_code == 413


async def test_the_same_key_gets_the_same_answer(s: ServiceHarness, partner: str) -> None:
    first = await register(s, MENTEE, **{"Idempotency-Key": "k1"})
    again = await register(s, MENTEE, **{"Idempotency-Key": "k1"})
    assert again.status_code == first.status_code == 202
    assert again.json() == first.json()
    assert await s.pool.fetchval("SELECT count(*) FROM requests") == 1


async def test_the_same_key_with_another_body(s: ServiceHarness, partner: str) -> None:
    await register(s, MENTEE, **{"Idempotency-Key": "k1"})
    other = await register(s, MENTEE | {"first_name": "Zoé"}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 409
    assert other.json()["type"].endswith("key_reused")
    assert await s.pool.fetchval("SELECT count(*) FROM requests") == 1


async def test_the_same_key_twenty_times_at_once(s: ServiceHarness, partner: str) -> None:
    answers = await asyncio.gather(
        *(register(s, MENTEE, **{"Idempotency-Key": "k1"}) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({json.dumps(answer.json()) for answer in answers}) == 1
    assert await s.pool.fetchval("SELECT count(*) FROM requests") == 1


async def test_the_same_person_with_other_keys_at_once(s: ServiceHarness, partner: str) -> None:
    answers = await asyncio.gather(
        *(register(s, MENTEE, **{"Idempotency-Key": f"k{n}"}) for n in range(10))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["request_id"] for answer in answers}) == 1, "its own reference"
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 1


async def test_the_same_person_without_a_reference_at_once(s: ServiceHarness, partner: str) -> None:
    person = {"kind": "mentee", **young()}
    answers = await asyncio.gather(*(register(s, person) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {202}
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 10
    assert await s.pool.fetchval("SELECT count(*) FROM persons WHERE held") == 9


async def test_a_refused_body_may_be_corrected_under_its_key(
    s: ServiceHarness, partner: str
) -> None:
    wrong = await register(s, MENTEE | {"needs": []}, **{"Idempotency-Key": "k1"})
    right = await register(s, MENTEE, **{"Idempotency-Key": "k1"})
    assert (wrong.status_code, right.status_code) == (422, 202)


async def test_one_person_may_be_mentee_and_mentor(s: ServiceHarness, partner: str) -> None:
    same = {"first_name": "Inès", "last_name": "Marchandeau", "born": "2005-05-17"}
    assert (await register(s, MENTEE | same)).status_code == 202
    assert (await register(s, {"kind": "mentor", **volunteer(**same)})).status_code == 202


async def test_the_contract_is_published(s: ServiceHarness) -> None:
    document = (await s.client.get("/openapi.json")).json()
    body = document["paths"]["/api/v1/registrations"]["post"]["requestBody"]
    schema = json.dumps(body)
    assert "first_name" in schema
    assert "orientation" in schema
