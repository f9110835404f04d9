"""The restricted question: who is to be written to."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from services.registration.use_cases.vault_provider import vault
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.events import MenteeRegistered, MentorRegistered
from shared.contracts.types import Recipient
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from tests.integration.registration.conftest import register
from tests.support.events import pick_event
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young


async def ask(
    s: ServiceHarness, recipient: Recipient, person: object, purpose: str = "mentee_registered"
) -> ContactGiven:
    question = ContactAsked(recipient=recipient, person=str(person), purpose=purpose)
    found: ContactGiven = await s.answer(CONTACT_QUEUE, question)
    return found


@pytest.fixture
async def mentee(s: ServiceHarness, partner: str) -> UUID:
    person = young(phone="06 39 98 00 01", lang="en")
    await register(s, {"kind": "mentee", **person})
    return pick_event(MenteeRegistered, await s.take_events()).mentee_id


async def test_a_young_person(s: ServiceHarness, mentee: UUID) -> None:
    given = await ask(s, "mentee", mentee)
    assert given.model_dump() == {
        "found": True,
        "first_name": "Inès",
        "email": "ines.marchandeau@exemple.fr",
        "phone": "+33639980001",
        "lang": "en",
        "minor": False,
        "guarded": False,
        "refused": None,
        "unproved": False,
    }


async def test_each_answer_is_in_the_ledger(s: ServiceHarness, mentee: UUID) -> None:
    await ask(s, "mentee", mentee)
    await ask(s, "mentee", mentee, purpose="request_confirmed")
    rows = await s.pool.fetch("SELECT actor, person_id, what, reason FROM ledger ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("notification", mentee, "contact:mentee", "mentee_registered"),
        ("notification", mentee, "contact:mentee", "request_confirmed"),
    ]


async def test_the_ledger_only_grows(s: ServiceHarness, mentee: UUID) -> None:
    await ask(s, "mentee", mentee)
    for statement in (
        "DELETE FROM ledger",
        "SET LOCAL binome.retention = 'on'; DELETE FROM ledger",
        "UPDATE ledger SET actor = 'nobody'",
        "TRUNCATE ledger",
    ):
        with pytest.raises(asyncpg.RaiseError):
            await s.pool.execute(statement)


async def test_a_mentor(s: ServiceHarness, partner: str) -> None:
    await register(s, {"kind": "mentor", **volunteer()})
    mentor = pick_event(MentorRegistered, await s.take_events()).mentor_id
    given = await ask(s, "mentor", mentor, "mentor_registered")
    assert (given.first_name, given.minor, given.phone) == ("Gaspard", False, None)


async def test_a_parent_is_asked_for_by_the_childs_id(s: ServiceHarness, partner: str) -> None:
    person = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    await register(s, {"kind": "mentee", **person | {"email": None}})
    mentee = pick_event(MenteeRegistered, await s.take_events()).mentee_id
    parent = await ask(s, "guardian", mentee, "consent_asked")
    assert (parent.first_name, parent.email, parent.phone) == ("Maud", "maud@exemple.fr", None)
    child = await ask(s, "mentee", mentee)
    assert (child.email, child.minor, child.guarded) == (None, True, True)


async def test_who_has_no_guardian(s: ServiceHarness, mentee: UUID) -> None:
    assert (await ask(s, "guardian", mentee)).found is False


async def test_a_coordinator_by_the_associations_code(s: ServiceHarness) -> None:
    given = await ask(s, "coordinator", "pas_a_pas", "request_routed")
    assert given.email == "coordination@pas-a-pas.example.org"
    gone = await ask(s, "coordinator", "closed_club", "request_routed")
    assert gone.email == ASSOCIATIONS[NETWORK_HEAD].coordinator, "who left the file has an heir"
    assert await s.pool.fetchval("SELECT count(*) FROM ledger") == 0


async def test_unknown_and_erased_people(s: ServiceHarness, mentee: UUID) -> None:
    assert (await ask(s, "mentee", uuid4())).found is False
    assert (await ask(s, "mentee", "not-an-id")).found is False
    await vault().keys.delete([mentee])
    assert (await ask(s, "mentee", mentee)).found is False
