"""Registrations over the partner exchange, and the refusals that go back."""

import json
from typing import Any

from shared.contracts.events import MenteeRegistered, MentorRegistered
from tests.integration.registration.conftest import PARTNER
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

MENTEE_KEY = f"partner.{PARTNER}.mentee.registered"
MENTOR_KEY = f"partner.{PARTNER}.mentor.registered"


async def refusals(s: ServiceHarness) -> list[tuple[str, dict[str, Any]]]:
    """What goes back to partners: (queue, body)."""
    rows = [row for row in await s.read_outbox() if row["exchange"] == "partners.out"]
    return [(row["routing_key"], json.loads(row["body"])) for row in rows]


async def test_valid_messages_register(s: ServiceHarness, partner: str) -> None:
    await s.deliver(MENTEE_KEY, json.dumps(young()).encode())
    await s.deliver(MENTOR_KEY, json.dumps(volunteer()).encode())
    events = await s.take_events()
    assert any(isinstance(event, MenteeRegistered) and event.door == "partner" for event in events)
    assert any(isinstance(event, MentorRegistered) for event in events)


async def test_a_refusal_names_fields_and_nothing_of_the_person(
    s: ServiceHarness, partner: str
) -> None:
    person = young(reference="dossier-7", needs=["wings"], first_name="Zoé9")
    await s.deliver(MENTEE_KEY, json.dumps(person).encode(), **{"ce-id": "abc-1"})
    ((queue, body),) = await refusals(s)
    assert queue == f"partner.{PARTNER}.refused"
    assert body["reference"] == "dossier-7"
    assert body["event_id"] == "abc-1"
    assert body["kind"] == "mentee"
    assert [fault["field"] for fault in body["errors"]] == ["first_name", "needs"]
    for word in ("Zoé", "Marchandeau", "exemple", "wings", "2009"):
        assert word not in json.dumps(body, ensure_ascii=False)


async def test_a_reference_that_could_be_somebody_does_not_go_back(
    s: ServiceHarness, partner: str
) -> None:
    person = young(reference="ines@exemple.fr")
    await s.deliver(MENTEE_KEY, json.dumps(person).encode(), **{"ce-id": "Inès Marchandeau"})
    ((_, body),) = await refusals(s)
    assert body["reference"] is None
    assert body["event_id"] is None


async def test_unreadable_messages_are_refused_not_parked(s: ServiceHarness, partner: str) -> None:
    for body in (b"{", b"\x00\xff", b"", b"[1]", b"null", b'{"a": ' + b"1" * 70_000 + b"}"):
        await s.deliver(MENTEE_KEY, body)
    codes = [body["errors"][0]["code"] for _, body in await refusals(s)]
    assert codes == ["not_json", "not_json", "not_json", *["not_an_object"] * 2, "too_large"]


async def test_a_known_person_is_kept_again_and_nothing_goes_back(
    s: ServiceHarness, partner: str
) -> None:
    await s.deliver(MENTEE_KEY, json.dumps(young()).encode())
    await s.deliver(MENTEE_KEY, json.dumps(young()).encode())
    assert await refusals(s) == []
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 2
    assert await s.pool.fetchval("SELECT count(*) FROM persons WHERE held") == 1


async def test_a_partners_own_reference_stated_again_is_the_same_person(
    s: ServiceHarness, partner: str
) -> None:
    body = json.dumps(young(reference="dossier-7")).encode()
    await s.deliver(MENTEE_KEY, body)
    await s.deliver(MENTEE_KEY, body)
    assert await refusals(s) == []
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 1


async def test_an_unknown_partner_is_counted_and_not_answered(
    s: ServiceHarness, partner: str
) -> None:
    await s.deliver("partner.stranger.mentee.registered", json.dumps(young()).encode())
    assert await s.read_outbox() == []
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0
    assert await s.pool.fetchval("SELECT reasons FROM refusals") == ["partner.unknown"]
