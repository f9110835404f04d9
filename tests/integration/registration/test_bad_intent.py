"""A stranger who registers in a known name presses everything behind their own link.

Nothing of the known person changes, and each answer is what an invented name gets.
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
from tests.integration.registration.test_own_data import Others
from tests.integration.registration.test_strangers import (
    Known,
    all_about,
    known_people,
    people_of,
    plain,
)
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import posted

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


async def arrive(s: ServiceHarness, told: dict[str, Any]) -> tuple[UUID, UUID]:
    """Come in by the open form; the subject of the link that is mailed, and the person."""
    who = "mentor" if "offers" in told else "jeune"
    await s.pool.execute("DELETE FROM limit_counts")
    assert (await s.client.post(f"/inscription/{who}", data=posted(told))).status_code == 303
    bodies = [json.loads(row["body"]) for row in await s.read_outbox()]
    first = next(one for one in bodies if "registered_at" in one)
    own = first.get("mentee_id") or first["mentor_id"]
    return UUID(first.get("request_id") or first["mentor_id"]), UUID(own)


async def press_everything(
    s: ServiceHarness, subject: UUID, person: UUID, wanted: str
) -> list[list[str]]:
    """Every page and button behind one's own link; what is answered, without ids and dates."""
    own, seen = path_of(s, "request", subject), []

    async def look(method: str, path: str, **data: str) -> httpx.Response:
        answer = await s.client.request(method, path, data=data or None)
        seen.append((method, path.removeprefix(own), answer.status_code, plain(answer.text)))
        return answer

    await look("GET", own)
    await look("POST", own + "/adresse")
    await look("POST", own, doubt=str(subject))
    await look("GET", own + "/donnees")
    await look("GET", own + "/donnees.json")
    await look("POST", own + "/contact", email=wanted)
    await look("GET", own)
    query = "SELECT id FROM contact_changes WHERE person_id = $1"
    stop = path_of(s, "contact", await s.pool.fetchval(query, person))
    for method in ("GET", "POST", "GET"):
        answer = await s.client.request(method, stop)
        seen.append((method, "stop", answer.status_code, plain(answer.text)))
    await look("POST", own + "/contact", email=wanted)
    await look("POST", own + "/retrait")
    await look("GET", own)
    await look("GET", own + "/effacer")
    await look("POST", own + "/effacer")
    await look("GET", own)
    return [[re.sub(r"T\d\d:\d\d:\d\d\.\d+", "TIME", str(part)) for part in one] for one in seen]


@pytest.mark.parametrize("role", ["girl", "child", "mentor", "student"])
async def test_everything_behind_ones_own_link(s: ServiceHarness, ids: Known, role: str) -> None:
    known_ids = {str(one) for pair in ids.values() for one in pair}
    before, seen = await all_about(s, ids), []
    for name in (NAME, NAME.replace("b", "c") + "zz"):
        known = people_of(name)[role]
        told = known | OWN
        if "guardian_email" in told:
            told["guardian_email"] = "tuteur@ailleurs.example"
        subject, person = await arrive(s, told)
        seen.append(await press_everything(s, subject, person, known["email"]))
        letters = [row for row in await s.read_outbox() if row["exchange"] == "binome.events"]
        about = {row["routing_key"] for row in letters if known_ids & _ids(row["body"])}
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
        told = json.dumps(await OwnData(tx.connection).tables(own), default=str)
    assert "duplicate" not in told
    assert not {str(one) for pair in ids.values() for one in pair} & _ids(told)
