"""Where is my request: news arrive in any order, also twice."""

import itertools
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.events import (
    EngagementEnded,
    EngagementRenewed,
    Event,
    MeetingConfirmed,
    MenteeRegistered,
    MentorRegistered,
    MessageSent,
    PairConfirmed,
    PairIntroduced,
    PairProposed,
)
from shared.contracts.types import Recipient
from tests.integration.registration.conftest import path_of, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

Ids = tuple[UUID, UUID, UUID]
"""Request, mentee and mentor."""
HTML = {"accept": "text/html"}
PAIR, ROUND, ENGAGEMENT = uuid4(), uuid4(), uuid4()


@pytest.fixture
async def ids(s: ServiceHarness, partner: str) -> Ids:
    """(request, mentee, mentor) of two registered people."""
    await register(s, {"kind": "mentee", **young()})
    first = (await s.take_events())[0]
    assert isinstance(first, MenteeRegistered)
    await register(s, {"kind": "mentor", **volunteer()})
    second = (await s.take_events())[0]
    assert isinstance(second, MentorRegistered)
    return first.request_id, first.mentee_id, second.mentor_id


def news(ids: Ids) -> list[Event]:
    """Everything that becomes of a pair, in its natural order."""
    request, mentee, mentor = ids
    who: dict[str, Any] = {
        "pair_id": PAIR,
        "request_id": request,
        "mentee_id": mentee,
        "mentor_id": mentor,
    }
    pair = who | {"association": "tandem_avenir"}
    return [
        PairProposed(**pair, round_id=ROUND, score=0.5, components={}),
        PairConfirmed(**pair),
        PairIntroduced(**pair),
        MeetingConfirmed(pair_id=PAIR, request_id=request),
        EngagementRenewed(**who, engagement_id=ENGAGEMENT, term=2),
        EngagementEnded(**who, engagement_id=ENGAGEMENT, reason="completed"),
    ]


def message_sent(template: str, recipient: Recipient, person: UUID, concerns: UUID) -> MessageSent:
    return MessageSent(
        message_id=uuid4(),
        template=template,
        channel="mail",
        recipient=recipient,
        person=str(person),
        concerns=concerns,
    )


async def page(s: ServiceHarness, subject: UUID) -> str:
    answer = await s.client.get(path_of(s, "request", subject), headers=HTML)
    assert answer.status_code == 200
    return answer.text


async def test_acknowledged_once_the_message_has_left(s: ServiceHarness, ids: Ids) -> None:
    request, mentee, mentor = ids
    await s.handle(message_sent("mentee_registered", "mentee", mentee, request))
    await s.handle(message_sent("mentor_registered", "mentor", mentor, mentor))
    await s.handle(message_sent("request_confirmed", "mentee", mentee, request))
    assert await s.pool.fetchval("SELECT acknowledged_at FROM requests") == s.clock.now()
    assert await s.pool.fetchval("SELECT acknowledged_at FROM mentors") == s.clock.now()


async def test_other_messages_acknowledge_nothing(s: ServiceHarness, ids: Ids) -> None:
    request, mentee, _ = ids
    await s.handle(message_sent("request_confirmed", "mentee", mentee, request))
    assert await s.pool.fetchval("SELECT acknowledged_at FROM requests") is None


async def test_a_message_repeated_later_keeps_the_first_date(s: ServiceHarness, ids: Ids) -> None:
    request, mentee, _ = ids
    message, event = message_sent("mentee_registered", "mentee", mentee, request), uuid4()
    assert await s.handle(message, event)
    first = s.clock.now()
    s.clock.advance(days=1)
    assert not await s.handle(message, event)
    await s.handle(message)
    assert await s.pool.fetchval("SELECT acknowledged_at FROM requests") == first


@pytest.mark.parametrize("kind", range(6))
async def test_each_event_repeated_changes_nothing(s: ServiceHarness, ids: Ids, kind: int) -> None:
    event, event_id = news(ids)[kind], uuid4()
    assert await s.handle(event, event_id)
    before = await s.fetch_row("SELECT * FROM pairs")
    s.clock.advance(days=1)
    assert not await s.handle(event, event_id)
    await s.handle(event)
    assert await s.fetch_row("SELECT * FROM pairs") == before


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_shows_the_same(s: ServiceHarness, ids: Ids, seed: int) -> None:
    orders = list(itertools.permutations(range(6)))
    events = news(ids)
    for place in orders[seed * 170 + 7]:
        await s.handle(events[place])
    row = await s.fetch_row("SELECT * FROM pairs")
    assert row["request_id"] == ids[0]
    assert row["mentor_id"] == ids[2]
    assert (row["term"], row["end_reason"]) == (2, "completed")
    expected = dict(row)
    assert (expected.pop("answer_until"), expected.pop("released_at")) == (None, None), (
        "nobody was asked"
    )
    assert None not in expected.values()
    assert await s.pool.fetchval("SELECT state FROM requests") == "ended"


async def test_the_pages_follow(s: ServiceHarness, ids: Ids) -> None:
    request, _, mentor = ids
    assert 'aria-current="step"' in await page(s, request)
    words = ["Un mentor pour toi", "Un mentor pour toi", "Mise en relation", "Première rencontre"]
    for event, done in zip(news(ids)[:4], words, strict=True):
        await s.handle(event)
        assert f"Fait\u00a0: </span>{done}" in (await page(s, request)).replace("\u202f", "\u00a0")
    for event in news(ids)[4:]:
        await s.handle(event)
    assert "Ce parcours est terminé" in await page(s, request)
    assert "Votre place est libre" in await page(s, mentor)


async def test_an_undone_pair_is_shown_kindly(s: ServiceHarness, ids: Ids) -> None:
    events = news(ids)
    for event in [*events[:3], events[5].model_copy(update={"reason": "not_going_well"})]:
        await s.handle(event)
    assert "la faute de personne" in await page(s, ids[0])
    assert "merci d’avoir essayé" in await page(s, ids[2])


async def test_no_name_and_no_promise_on_the_page(s: ServiceHarness, ids: Ids) -> None:
    text = await page(s, ids[0])
    for word in ("Inès", "Marchandeau", "exemple.fr", "2009"):
        assert word not in text


async def test_after_the_end_the_same_person_may_ask_again(s: ServiceHarness, ids: Ids) -> None:
    for event in news(ids):
        await s.handle(event)
    answer = await register(s, {"kind": "mentee", **young(needs=["job"])})
    assert answer.status_code == 202
    assert UUID(answer.json()["request_id"]) != ids[0]
    open_ones = "SELECT count(*) FROM requests WHERE closed_at IS NULL"
    assert await s.pool.fetchval(open_ones) == 1


async def test_unknown_and_expired_links_answer_alike(s: ServiceHarness, ids: Ids) -> None:
    unknown = await s.client.get("/demande/" + "x" * 43, headers=HTML)
    s.clock.advance(days=365 * 3 + 1)
    path = path_of(s, "request", ids[0])
    expired = await s.client.get(path, headers=HTML)
    assert unknown.status_code == expired.status_code == 410
    assert unknown.text.replace("x" * 43, "") == expired.text.replace(path.split("/")[-1], "")
