"""Contacts of a pair are disclosed only while registration has the pair as current."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.events import (
    EngagementEnded,
    EngagementRenewed,
    MenteeRegistered,
    MentorRegistered,
    PairConfirmed,
    PairProposed,
    PairReleased,
)
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young


async def a_pair(s: ServiceHarness, cleared: bool = True, **mentee: Any) -> PairConfirmed:
    """Two who registered, and the event that they are a pair, not yet handled."""
    await register(s, {"kind": "mentee", **young(born="2009-05-17", **mentee)})
    await register(s, {"kind": "mentor", **volunteer(cleared=cleared, reference="mentor-1")})
    events = await s.take_events()
    (request,) = [event for event in events if isinstance(event, MenteeRegistered)]
    (mentor,) = [event for event in events if isinstance(event, MentorRegistered)]
    return PairConfirmed(
        pair_id=uuid4(), request_id=request.request_id, mentee_id=request.mentee_id,
        mentor_id=mentor.mentor_id, association="tandem_avenir",
    )  # fmt: skip


async def tell_mentor(s: ServiceHarness, pair: PairConfirmed, **other: Any) -> ContactGiven:
    """The question for the message that gives the mentee's contact to the mentor."""
    asked = {"recipient": "mentee", "person": str(pair.mentee_id), "addressee": pair.mentor_id}
    question = ContactAsked.model_validate(
        asked | {"purpose": "pair_introduced_mentor", "pair_id": pair.pair_id} | other
    )
    given: ContactGiven = await s.answer(CONTACT_QUEUE, question)
    return given


def proposal_of(pair: PairConfirmed) -> PairProposed:
    return PairProposed(**pair.model_dump(), round_id=uuid4(), score=1, components={})


pytestmark = pytest.mark.usefixtures("partner")


async def test_a_pair_without_its_event_is_answered_not_yet(s: ServiceHarness) -> None:
    pair = await a_pair(s)
    assert await tell_mentor(s, pair) == ContactGiven(found=False, refused="not_yet")
    await s.handle(proposal_of(pair))
    assert (await tell_mentor(s, pair)).refused == "not_yet"
    assert await s.pool.fetchval("SELECT count(*) FROM ledger") == 0


async def test_a_pair_that_stands_is_answered_and_noted(s: ServiceHarness) -> None:
    pair = await a_pair(s)
    await s.handle(pair)
    given = await tell_mentor(s, pair)
    assert (given.found, given.first_name) == (True, "Inès")
    mentor = await tell_mentor(
        s, pair, recipient="mentor", person=str(pair.mentor_id), addressee=pair.mentee_id
    )
    assert (mentor.found, mentor.first_name) == (True, "Gaspard")
    assert await s.pool.fetchval("SELECT count(*) FROM ledger") == 2


async def test_other_people_than_the_pair_s_are_not_answered(s: ServiceHarness) -> None:
    pair = await a_pair(s)
    await s.handle(pair)
    for forged in ({"addressee": uuid4()}, {"pair_id": None}):
        assert (await tell_mentor(s, pair, **forged)).refused == "no_pair"
    assert (await tell_mentor(s, pair, pair_id=uuid4())).refused == "not_yet"


async def test_a_pair_that_is_over_is_not_answered(s: ServiceHarness) -> None:
    pair = await a_pair(s)
    await s.handle(pair)
    ended = pair.model_dump() | {"engagement_id": uuid4(), "reason": "completed"}
    await s.handle(EngagementEnded.model_validate(ended))
    assert (await tell_mentor(s, pair)).refused == "no_pair"


async def test_a_pair_that_was_released_is_not_answered(s: ServiceHarness) -> None:
    pair = await a_pair(s)
    await s.handle(pair)
    await s.handle(PairReleased(**pair.model_dump(), reason="declined"))
    assert (await tell_mentor(s, pair)).refused == "no_pair"


async def test_contacts_of_a_minor_need_a_cleared_mentor(s: ServiceHarness) -> None:
    """Whatever an event of matching, or a forged one, states of the two."""
    pair = await a_pair(s, cleared=False)
    await s.handle(pair)
    assert await tell_mentor(s, pair) == ContactGiven(found=False, refused="not_cleared")


async def test_contacts_of_an_adult_go_to_any_mentor_of_the_pair(s: ServiceHarness) -> None:
    pair = await a_pair(s, cleared=False)
    s.clock.advance(days=5 * 366)
    await s.handle(pair)
    assert (await tell_mentor(s, pair)).found


async def test_no_other_event_decides_who_a_pair_is_made_of(s: ServiceHarness) -> None:
    """Who may publish a renewal cannot put a mentor of their choice into a pair."""
    pair, unrelated = await a_pair(s), uuid4()
    forged = pair.model_dump() | {"engagement_id": uuid4(), "term": 2, "mentor_id": unrelated}
    await s.handle(EngagementRenewed.model_validate(forged))
    await s.handle(pair)
    assert (await tell_mentor(s, pair)).found
    assert (await tell_mentor(s, pair, addressee=unrelated)).refused == "no_pair"


async def test_messages_to_oneself_need_no_pair(s: ServiceHarness) -> None:
    pair = await a_pair(s, cleared=False)

    async def own(recipient: str, person: UUID) -> ContactGiven:
        question = {"recipient": recipient, "person": str(person), "purpose": "checkin_month"}
        given: ContactGiven = await s.answer(CONTACT_QUEUE, ContactAsked.model_validate(question))
        return given

    assert (await own("mentee", pair.mentee_id)).found
    assert (await own("mentor", pair.mentor_id)).found
