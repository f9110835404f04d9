"""A clearance claimed for a newcomer is no claim about another person once they are two."""

import json
from typing import Any
from uuid import UUID

import pytest

from services.registration.store import OwnData
from shared.contracts.events import MentorRegistered
from tests.integration.registration.conftest import csrf, path_of, register, sign_in
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer

ELSEWHERE = {"email": "une.autre.adresse@exemple.fr"}
HEAD = "reseau_binome"


async def mentor(s: ServiceHarness, **fields: Any) -> UUID:
    await register(s, {"kind": "mentor", **volunteer(**fields)})
    (event,) = [one for one in await s.take_events() if isinstance(one, MentorRegistered)]
    return event.mentor_id


async def claims(s: ServiceHarness, mentor_id: UUID) -> int:
    query = "SELECT count(*) FROM clearance_claims WHERE mentor_id = $1 AND settled_at IS NULL"
    number: int = await s.pool.fetchval(query, mentor_id)
    return number


async def decide(s: ServiceHarness, answer: str) -> None:
    await sign_in(s, HEAD)
    doubt_id = await s.pool.fetchval("SELECT id FROM doubts")
    path = f"/associations/doublons/{doubt_id}"
    page = await s.client.get(path)
    await s.client.post(path, data={"csrf": csrf(page.text), "answer": answer})


@pytest.mark.parametrize(("answer", "left"), [("different", 0), ("same", 1)])
async def test_a_claim_goes_with_the_doubt_it_came_from(
    s: ServiceHarness, partner: str, answer: str, left: int
) -> None:
    mentor_id = await mentor(s)
    newcomer = await mentor(s, cleared=True, **ELSEWHERE)
    assert await claims(s, mentor_id) == 1
    await decide(s, answer)
    assert await claims(s, mentor_id) == left
    assert await claims(s, newcomer) == (0 if answer == "same" else 1), "claims about the newcomer"


async def test_the_clearance_of_the_earlier_mentor_stays(s: ServiceHarness, partner: str) -> None:
    mentor_id = await mentor(s, reference="m-1")
    await s.pool.execute("UPDATE mentors SET clearance_said_by = 'camille@reseau_binome'")
    await register(s, {"kind": "mentor", **volunteer(cleared=True, reference="m-1")})
    await s.take_events()
    own = await claims(s, mentor_id)
    await mentor(s, cleared=True, **ELSEWHERE)
    assert await claims(s, mentor_id) == own + 1
    await decide(s, "different")
    assert await claims(s, mentor_id) == own


async def test_it_goes_with_a_newcomer_who_is_erased(s: ServiceHarness, partner: str) -> None:
    mentor_id = await mentor(s)
    newcomer = await mentor(s, cleared=True, **ELSEWHERE)
    await s.client.post(path_of(s, "request", newcomer) + "/effacer")
    assert await claims(s, mentor_id) == 0


async def test_nobodys_rows_lead_to_somebody_else(s: ServiceHarness, partner: str) -> None:
    mentor_id = await mentor(s)
    newcomer = await mentor(s, cleared=True, **ELSEWHERE)
    await decide(s, "same")
    for one, other in ((mentor_id, newcomer), (newcomer, mentor_id)):
        async with s.runtime.begin() as tx:
            tables = await OwnData(tx.connection).tables([one])
        assert str(other) not in json.dumps(tables, default=str)
