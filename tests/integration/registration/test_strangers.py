"""Who registers under another's name and birth date gets, changes and learns nothing of them.

Sequences of registrations are drawn, from all four sources. Each step is taken twice: once in the
name of somebody registered, once in an invented one; the sender sees the same both times.
"""

import json
import os
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from services.registration.use_cases.import_people import COLUMNS, IGNORED, Import, import_rows
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked
from shared.contracts.events import DoubtRaised, RegistrationRepeated
from shared.contracts.types import Recipient
from shared.spreadsheets import read_sheet
from tests.integration.registration.conftest import path_of, register
from tests.integration.registration.known_people import (
    Person,
    all_about,
    kind_of,
    known_people,
    people_of,
    plain,
    spell,
)
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

DRAWS = int(os.environ.get("BINOME_STRANGERS", settings().max_examples // 6))

ROLES = ("girl", "child", "mentor", "student")

_numbers = count(1)


@dataclass(frozen=True)
class Step:
    """One registration under another's name: the source, the name, and what else is typed."""

    door: str
    role: str
    own_mail: bool
    birth: str
    side: str
    again: bool


steps = st.builds(
    Step,
    door=st.sampled_from(["page", "api", "exchange", "file"]),
    role=st.sampled_from(ROLES),
    own_mail=st.booleans(),
    birth=st.sampled_from(["known", "known", "new_year", "other"]),
    side=st.sampled_from(["same", "same", "same", "other"]),
    again=st.booleans(),
)


def imitate(step: Step, registered: Person, name: str) -> Person:
    """Fields under a registered name, with another birth date and other addresses."""
    person, number = dict(registered), next(_numbers)
    if step.side == "other" and step.role != "child":
        person = (
            young(**_who(registered))
            if kind_of(registered) == "mentor"
            else volunteer(**_who(registered))
        )
        person["born"] = registered["born"] if step.role != "mentor" else "2003-02-09"
    if step.birth == "new_year":
        person["born"] = person["born"][:4] + "-01-01"
    if step.birth == "other":
        person["born"] = person["born"][:8] + "21"
    if not step.own_mail:
        person["email"] = f"inconnu.{spell(number)}@ailleurs.example"
    if "guardian_email" in person:
        person["guardian_email"] = f"tuteur.{spell(number)}@ailleurs.example"
    return person


def _who(registered: Person) -> Person:
    return {field: registered[field] for field in ("first_name", "last_name", "email")}


def rename(person: Person, name: str, fresh: str) -> Person:
    """The same registration in a name and with addresses that nobody had before these steps."""
    other = dict(person)
    for field in ("last_name", "email", "guardian_email"):
        if field in other:
            other[field] = other[field].replace(name, fresh).replace("inconnu.", "personne.")
    return other


async def enter(
    s: ServiceHarness, door: str, person: Person, tmp_path: Path
) -> tuple[list[str], list[asyncpg.Record]]:
    """Register by a source; returns every response without tokens and ids, and the outbox."""
    await s.pool.execute("DELETE FROM limit_counts")
    if door == "page":
        seen = await by_page(s, person)
    elif door == "api":
        answer = await register(s, {"kind": kind_of(person), **person})
        steps_path = urlsplit(answer.json()["tracking_url"]).path
        seen = [str(answer.status_code), answer.text, (await s.client.get(steps_path)).text]
    elif door == "exchange":
        key = f"partner.lycees.{kind_of(person)}.registered"
        await s.deliver(key, json.dumps(person).encode(), **{"ce-id": str(uuid4())})
        seen = []
    else:
        seen = await by_file(s, person, tmp_path)
    rows = await s.read_outbox()
    seen += [row["body"] for row in rows if row["exchange"] != "binome.events"]
    return [plain(text) for text in seen], rows


async def by_page(s: ServiceHarness, person: Person) -> list[str]:
    who = "mentor" if kind_of(person) == "mentor" else "jeune"
    answer = await s.client.post(f"/inscription/{who}", data=form_of(person))
    thanks = await s.client.get(answer.headers["location"])
    receipt = re.search(r'href="(/demande/[A-Za-z0-9_-]{43})"', thanks.text)
    assert receipt
    looked = await s.client.get(receipt[1])
    return [str(answer.status_code), thanks.text, looked.text]


async def by_file(s: ServiceHarness, person: Person, tmp_path: Path) -> list[str]:
    columns = {k: "|".join(v) if isinstance(v, list) else v for k, v in person.items()}
    columns["consent"] = "oui"
    path = tmp_path / "fichier.csv"
    path.write_text(";".join(columns) + "\n" + ";".join(map(str, columns.values())) + "\n")
    side = kind_of(person)
    rows = list(read_sheet(path, COLUMNS[side], IGNORED).rows())
    outcomes = import_rows(rows, Import(side), s.runtime.transactions)
    return [repr(outcome) async for outcome in outcomes]


def events_about(
    rows: list[asyncpg.Record], known_ids: set[str]
) -> tuple[list[tuple[str, str]], list[str]]:
    """The events about the newcomer, without ids, and those about registered people."""
    own, others = [], []
    for row in rows:
        if row["exchange"] != "binome.events":
            continue
        body = json.loads(row["body"])
        named = {body.get(field) for field in ("mentee_id", "mentor_id", "person_id")}
        if named & known_ids:
            others.append(row["routing_key"])
        elif row["routing_key"] != DoubtRaised.topic:
            inside = {"held", "apart_from", "registered_at", "since", "answer_by"}
            rest = {field: value for field, value in body.items() if field not in inside}
            own.append((row["routing_key"], plain(json.dumps(rest))))
    return own, others


async def own_page(s: ServiceHarness, rows: list[asyncpg.Record]) -> tuple[str, str]:
    """The page behind the link that is mailed to the typed address."""
    for row in rows:
        body = json.loads(row["body"])
        if row["routing_key"] in ("mentee.registered", "mentor.registered"):
            subject = body.get("request_id") or body["mentor_id"]
            page = await s.client.get(path_of(s, "request", subject))
            person: str = body.get("mentee_id") or body["mentor_id"]
            return plain(page.text), person
    raise AssertionError("nobody was registered")


async def address_of(s: ServiceHarness, side: Recipient, person_id: str) -> str | None:
    asked = ContactAsked(recipient=side, person=str(person_id), purpose=f"{side}_registered")
    found: str | None = (await s.answer(CONTACT_QUEUE, asked)).email
    return found


# A known child's own mailbox, typed with another birth date and then with a year alone; a known
# girl's, typed twice on the other side. Where the first of the two had made it a shared mailbox, an
# unknown name was written to and a known one was not.
MAILBOX_TYPED_TWICE = [
    Step("api", "child", own_mail=True, birth=birth, side="same", again=False)
    for birth in ("other", "new_year")
]

MAILBOX_ON_BOTH_SIDES = [
    Step("page", "girl", own_mail=True, birth="new_year", side="other", again=True)
] * 2


@pytest.mark.timeout(600 + 30 * DRAWS)
@settings(
    max_examples=DRAWS,
    # The short form draws the same sequences each time; BINOME_STRANGERS=N draws N new ones.
    derandomize="BINOME_STRANGERS" not in os.environ,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(sequence=MAILBOX_TYPED_TWICE)
@example(sequence=MAILBOX_ON_BOTH_SIDES)
@given(sequence=st.lists(steps, min_size=1, max_size=5))
async def test_nothing_of_a_known_person_changes_and_nobody_learns_of_them(
    s: ServiceHarness, partner: str, tmp_path: Path, sequence: list[Step]
) -> None:
    name = spell(next(_numbers)) + "kk"
    ids = await known_people(s, name)
    known_ids = {str(one) for pair in ids.values() for one in pair}
    before, last = await all_about(s, ids), {}
    for step in sequence:
        if not (step.again and step.role in last):
            person = imitate(step, people_of(name)[step.role], name)
            last[step.role] = person, rename(person, name, name + "zz")
        person, other = last[step.role]
        seen, rows = await enter(s, step.door, person, tmp_path)
        own, stated = events_about(rows, known_ids)
        page, newcomer = await own_page(s, rows)
        assert await all_about(s, ids) == before
        assert set(stated) <= {RegistrationRepeated.topic}
        assert await address_of(s, kind_of(person), newcomer) == person["email"]

        unseen, other_rows = await enter(s, step.door, other, tmp_path)
        other_own, other_stated = events_about(other_rows, known_ids)
        other_page, other_newcomer = await own_page(s, other_rows)
        assert other_stated == []
        assert seen == unseen
        assert own == other_own
        assert page == other_page
        assert await address_of(s, kind_of(other), other_newcomer) == other["email"]
    assert await s.pool.fetchval("SELECT count(*) FROM refusals") == 0
