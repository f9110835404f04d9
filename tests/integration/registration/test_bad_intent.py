"""Somebody registers under the name of a registered person and uses every page of the own link.

Nothing of the registered person changes; each response equals that for an invented name.
"""

import json
import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registration.store import OwnData
from shared.contracts.events import RegistrationRepeated
from tests.integration.registration.conftest import csrf, path_of, sign_in
from tests.integration.registration.known_people import (
    Known,
    all_about,
    known_people,
    people_of,
    plain,
)
from tests.integration.registration.test_own_data import Others
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of

NAME = "bkk"
OWN = {"email": "inconnu@ailleurs.example"}


@pytest.fixture
def others(s: ServiceHarness) -> None:
    s.runtime.rpc_client = Others()  # type: ignore[assignment]  # a stand-in


@pytest.fixture
async def ids(s: ServiceHarness, partner: str, others: None) -> Known:
    found = await known_people(s, NAME)
    await s.read_outbox()
    return found


async def arrive(s: ServiceHarness, person: dict[str, Any]) -> tuple[UUID, UUID]:
    """Come in by the open form; the subject of the link that is mailed, and the person."""
    who = "mentor" if "offers" in person else "jeune"
    await s.pool.execute("DELETE FROM limit_counts")
    assert (await s.client.post(f"/inscription/{who}", data=form_of(person))).status_code == 303
    bodies = [json.loads(row["body"]) for row in await s.read_outbox()]
    first = next(one for one in bodies if "registered_at" in one)
    own = first.get("mentee_id") or first["mentor_id"]
    return UUID(first.get("request_id") or first["mentor_id"]), UUID(own)


async def press_everything(
    s: ServiceHarness, subject: UUID, person: UUID, wanted: str
) -> list[list[str]]:
    """Every page and button behind one's own link; what is answered, without ids and dates."""
    own, seen = path_of(s, "request", subject), []

    async def request(method: str, path: str, **data: str) -> httpx.Response:
        answer = await s.client.request(method, path, data=data or None)
        seen.append((method, path.removeprefix(own), answer.status_code, plain(answer.text)))
        return answer

    await request("GET", own)
    await request("POST", own + "/adresse")
    await request("POST", own, doubt=str(subject))
    await request("GET", own + "/donnees")
    await request("GET", own + "/donnees.json")
    await request("POST", own + "/contact", email=wanted)
    await request("GET", own)
    query = "SELECT id FROM contact_changes WHERE person_id = $1"
    stop = path_of(s, "contact", await s.pool.fetchval(query, person))
    for method in ("GET", "POST", "GET"):
        answer = await s.client.request(method, stop)
        seen.append((method, "stop", answer.status_code, plain(answer.text)))
    await request("POST", own + "/contact", email=wanted)
    await request("POST", own + "/retrait")
    await request("GET", own)
    await request("GET", own + "/effacer")
    await request("POST", own + "/effacer")
    await request("GET", own)
    return [[re.sub(r"T\d\d:\d\d:\d\d\.\d+", "TIME", str(part)) for part in one] for one in seen]


@pytest.mark.parametrize("role", ["girl", "child", "mentor", "student"])
async def test_everything_behind_ones_own_link(s: ServiceHarness, ids: Known, role: str) -> None:
    known_ids = {str(one) for pair in ids.values() for one in pair}
    before, seen = await all_about(s, ids), []
    for name in (NAME, NAME.replace("b", "c") + "zz"):
        registered = people_of(name)[role]
        forged = registered | OWN
        if "guardian_email" in forged:
            forged["guardian_email"] = "tuteur@ailleurs.example"
        subject, person = await arrive(s, forged)
        seen.append(await press_everything(s, subject, person, registered["email"]))
        rows = [row for row in await s.read_outbox() if row["exchange"] == "binome.events"]
        about = {row["routing_key"] for row in rows if known_ids & _ids(row["body"])}
        assert about <= {RegistrationRepeated.topic}
        assert await all_about(s, ids) == before
    replaced = [[part.replace("ckkzz", NAME) for part in one] for one in seen[1]]
    assert seen[0] == replaced


def _ids(body: str) -> set[str]:
    return set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", body))


@pytest.mark.parametrize("role", ["girl", "mentor"])
async def test_what_a_closed_registration_shows_in_its_file(
    s: ServiceHarness, ids: Known, role: str
) -> None:
    _, newcomer = await arrive(s, people_of(NAME)[role] | OWN)
    doubt = await s.fetch_row("SELECT id, association FROM doubts WHERE holds")
    await sign_in(s, doubt["association"])
    path = f"/associations/doublons/{doubt['id']}"
    page = await s.client.get(path)
    await s.client.post(path, data={"csrf": csrf(page.text), "answer": "same"})
    assert await s.pool.fetchval("SELECT same_as FROM persons WHERE id = $1", newcomer)
    async with s.runtime.begin() as tx:
        own = await OwnData(tx.connection).ids_of(newcomer)
        held = json.dumps(await OwnData(tx.connection).tables(own), default=str)
    assert "duplicate" not in held
    assert not {str(one) for pair in ids.values() for one in pair} & _ids(held)
