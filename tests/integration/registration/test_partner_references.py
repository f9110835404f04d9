"""A partner's own reference identifies a person; a partner gets no data of anybody else."""

import json

from shared.contracts.events import MenteeRegistered, MentorRegistered
from tests.integration.registration.conftest import register
from tests.integration.registration.doubts import (
    CASES,
    ELSEWHERE,
    contact,
    decide,
    page_of,
    send,
    take_events,
)
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young


async def test_a_partner_gets_no_data_of_others(s: ServiceHarness, partner: str) -> None:
    await send(s, "jeune", young())
    first = await register(s, {"kind": "mentee", **young(**ELSEWHERE)})
    unknown = await register(s, {"kind": "mentee", **young(**ELSEWHERE, last_name="Inconnu")})
    assert first.status_code == unknown.status_code == 202
    assert first.json().keys() == unknown.json().keys()
    await s.deliver("partner.lycees.mentee.registered", json.dumps(young()).encode())
    assert [row for row in await s.read_outbox() if row["exchange"] != "binome.events"] == []
    assert await s.pool.fetchval("SELECT count(*) FROM refusals") == 0


async def test_a_partner_is_believed_about_its_own_reference(
    s: ServiceHarness, partner: str
) -> None:
    person = {"kind": "mentee", "reference": "dossier-12", **young()}
    first = await register(s, person)
    again = await register(s, person | {"email": "nouvelle@exemple.fr", "first_name": "Ines"})
    assert again.status_code == 202
    assert again.json() == first.json()
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 1
    mentee_id = await s.pool.fetchval("SELECT id FROM persons")
    assert (await contact(s, "mentee", mentee_id)).email == young()["email"]


async def test_a_reference_used_for_somebody_else_proves_nothing(
    s: ServiceHarness, partner: str
) -> None:
    person = {"kind": "mentee", "reference": "dossier-12", **young()}
    first = await register(s, person)
    other = await register(s, person | {"first_name": "Zoé", "born": "2008-02-03"})
    assert other.json()["request_id"] != first.json()["request_id"]


async def test_another_partners_reference_proves_nothing(s: ServiceHarness, partner: str) -> None:
    person = {"reference": "dossier-12", **young()}
    first = await register(s, {"kind": "mentee", **person})
    await s.pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ('autre', 'x', now())"
    )
    await s.deliver("partner.autre.mentee.registered", json.dumps(person).encode())
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 2
    assert first.status_code == 202


async def test_a_reference_decided_to_be_somebody_elses_double_opens_nothing(
    s: ServiceHarness, partner: str
) -> None:
    (registered, *_) = await send(s, "jeune", young())
    assert isinstance(registered, MenteeRegistered)
    person = {"kind": "mentee", "reference": "dossier-12", **young(**ELSEWHERE)}
    first = await register(s, person)
    await take_events(s)
    await decide(s, "tandem_avenir", "same")
    again = await register(s, person)
    assert again.json() == first.json()
    assert again.json()["request_id"] != str(registered.request_id)


async def test_a_changed_mentor_is_kept_beside_the_first(s: ServiceHarness, partner: str) -> None:
    first, again, by_partner = json.loads(
        (CASES / "changed_mentor.json").read_text(encoding="utf-8")
    )
    for person in (first, again):
        await send(s, "mentor", {k: v for k, v in person.items() if k != "kind"})
    answer = await register(s, by_partner)
    assert answer.status_code == 202
    (registered, *_) = pick_events(MentorRegistered, await take_events(s))
    assert registered.held
    kept = [row["criteria"]["department"] for row in await s.pool.fetch("SELECT * FROM mentors")]
    assert sorted(kept) == ["69", "69", "75"]
    assert await s.pool.fetchval("SELECT count(*) FROM doubts WHERE outcome IS NULL") == 3
    page = await page_of(s, await s.pool.fetchval("SELECT id FROM persons ORDER BY arrival"))
    assert "C’était moi" in page
