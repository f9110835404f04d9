"""People who are registered already, and everything that is stored of them."""

import json
import re
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.events import PairConfirmed, PairIntroduced
from shared.contracts.types import Side
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

Person = dict[str, Any]
"""What is typed of a person: field → value."""

ABOUT_KNOWN = {
    "persons": "SELECT t::text FROM persons t WHERE id = ANY($1)",
    "marks": "SELECT t::text FROM marks t WHERE person_id = ANY($1)",
    "mentors": "SELECT t::text FROM mentors t WHERE id = ANY($1)",
    "requests": "SELECT t::text FROM requests t WHERE mentee_id = ANY($1)",
    "pairs": "SELECT t::text FROM pairs t WHERE mentor_id = ANY($1) OR request_id IN"
    " (SELECT id FROM requests WHERE mentee_id = ANY($1))",
    "links": "SELECT fingerprint::text, purpose, subject, expires_at::text, used_at::text"
    " FROM links WHERE subject::uuid = ANY($1) OR subject::uuid IN"
    " (SELECT id FROM requests WHERE mentee_id = ANY($1))",
}

Known = dict[str, tuple[UUID, UUID]]
"""Role → person and request (a mentor's is the person)."""

LETTERS = "abcdefghij"


def spell(number: int) -> str:
    """A number as letters: names hold no digits."""
    return "".join(LETTERS[int(digit)] for digit in str(number))


def people_of(name: str) -> dict[str, Person]:
    """Four people who are known, each with a name of their own."""
    guardian = {"guardian_first_name": "Maud", "guardian_email": f"maud.{name}@exemple.fr"}
    return {
        "girl": young(last_name=f"Fille{name}", email=f"fille.{name}@exemple.fr"),
        "child": young(
            last_name=f"Enfant{name}", born="2013-03-04", email=f"e.{name}@exemple.fr", **guardian
        ),
        "mentor": volunteer(last_name=f"Guide{name}", email=f"guide.{name}@exemple.fr"),
        "student": volunteer(
            last_name=f"Etu{name}", born="2003-02-09", email=f"etu.{name}@exemple.fr"
        ),
    }


def kind_of(person: Person) -> Side:
    return "mentor" if "offers" in person else "mentee"


def plain(text: str) -> str:
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
    return re.sub(r"[A-Za-z0-9_-]{43}", "TOKEN", text)


async def known_people(s: ServiceHarness, name: str) -> Known:
    """Register the four, put the girl into a running pair with the mentor; returns their ids."""
    ids: Known = {}
    for role, person in people_of(name).items():
        more = {"cleared": True, "reference": f"r-{name}-{role}"} if role == "mentor" else {}
        await register(s, {"kind": kind_of(person), **person, **more})
        rows = [json.loads(row["body"]) for row in await s.read_outbox()]
        ids[role] = next(
            (
                UUID(row.get("mentee_id") or row["mentor_id"]),
                UUID(row.get("request_id") or row["mentor_id"]),
            )
            for row in rows
            if "mentee_id" in row or "mentor_id" in row
        )
    pair: dict[str, Any] = {
        "pair_id": uuid4(),
        "request_id": ids["girl"][1],
        "mentee_id": ids["girl"][0],
        "mentor_id": ids["mentor"][0],
        "association": "tandem_avenir",
    }
    await s.handle(PairConfirmed(**pair))
    await s.handle(PairIntroduced(**pair))
    return ids


async def all_about(s: ServiceHarness, ids: Known) -> dict[str, list[tuple[Any, ...]]]:
    people = [person for person, _ in ids.values()]
    return {
        table: sorted(tuple(row) for row in await s.pool.fetch(query, people))
        for table, query in ABOUT_KNOWN.items()
    }
