"""Both sides are asked: the tracking pages show it, and that the search goes on where it does."""

import itertools
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest

from shared.contracts.events import (
    EngagementEnded,
    MenteeRegistered,
    MentorRegistered,
    MessageSent,
    PairConfirmed,
    PairProposed,
    PairReleased,
    PairUndone,
    RequestExplained,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import path_of, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

Ids = tuple[UUID, UUID, UUID]
"""Request, mentee and mentor."""
LAST_DAY = date(2026, 1, 17)
WAITING = "Nous vous avons demandé à tous les deux si vous êtes d’accord"
AGAIN = "Nous cherchons de nouveau"
WHY = "Pourquoi ce mentor"


@pytest.fixture
async def ids(s: ServiceHarness, partner: str) -> Ids:
    """(request, mentee, mentor) of two people, the request in charge of an association."""
    await register(s, {"kind": "mentee", **young()})
    first = (await s.take_events())[0]
    assert isinstance(first, MenteeRegistered)
    await register(s, {"kind": "mentor", **volunteer()})
    second = (await s.take_events())[0]
    assert isinstance(second, MentorRegistered)
    return first.request_id, first.mentee_id, second.mentor_id


def pair_of(ids: Ids) -> dict[str, Any]:
    request, mentee, mentor = ids
    who = {"request_id": request, "mentee_id": mentee, "mentor_id": mentor}
    return {"pair_id": uuid4(), "association": "tandem_avenir", **who}


def proposal_of(pair: dict[str, Any], last_day: date | None = LAST_DAY) -> PairProposed:
    return PairProposed(
        **pair, round_id=uuid4(), score=0.5, components={"needs": 1.0}, answer_until=last_day
    )


def release_of(pair: dict[str, Any]) -> PairReleased:
    return PairReleased(**pair, reason="declined", accepted_by="mentee")


def first_message_to(mentor: UUID) -> MessageSent:
    """The first message to the mentor has left."""
    return MessageSent(
        message_id=uuid4(),
        template="mentor_registered",
        channel="mail",
        recipient="mentor",
        person=str(mentor),
        concerns=mentor,
    )


async def page(s: ServiceHarness, subject: UUID, lang: str = "fr") -> str:
    answer = await s.client.get(path_of(s, "request", subject), params={"lang": lang})
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_waiting_for_both_answers(s: ServiceHarness, ids: Ids) -> None:
    await s.handle(proposal_of(pair_of(ids)))
    text = await page(s, ids[0])
    assert "Fait : </span>Un mentor pour toi" in text
    assert "En ce moment : </span>Votre accord à tous les deux" in text
    assert WAITING in text
    assert "jusqu’au 17 janvier 2026 inclus" in text
    assert WHY in text
    assert "We have asked both of you" in await page(s, ids[0], "en")
    mentor = await page(s, ids[2])
    assert WAITING in mentor
    assert "17 janvier 2026" in mentor


async def test_both_accepted(s: ServiceHarness, ids: Ids) -> None:
    pair = pair_of(ids)
    await s.handle(proposal_of(pair))
    await s.handle(PairConfirmed(**pair))
    text = await page(s, ids[0])
    assert "Fait : </span>Votre accord à tous les deux" in text
    assert "En ce moment : </span>Mise en relation" in text
    assert WAITING not in text


async def test_a_pair_that_was_undone_leaves_the_search_going_on(
    s: ServiceHarness, ids: Ids
) -> None:
    pair = pair_of(ids)
    await s.handle(proposal_of(pair, last_day=None))
    await s.handle(PairConfirmed(**pair))
    await s.handle(PairUndone(**pair, reason="not_introduced"))
    assert AGAIN in await page(s, ids[0])
    assert WHY not in await page(s, ids[0])


async def test_without_asking_there_is_no_such_step(s: ServiceHarness, ids: Ids) -> None:
    await s.handle(proposal_of(pair_of(ids), last_day=None))
    text = await page(s, ids[0])
    assert "Votre accord à tous les deux" not in text
    assert "En ce moment : </span>Mise en relation" in text


async def test_looked_for_again(s: ServiceHarness, ids: Ids) -> None:
    pair = pair_of(ids)
    await s.handle(first_message_to(ids[2]))
    await s.handle(proposal_of(pair))
    await s.handle(release_of(pair))
    text = await page(s, ids[0])
    assert "En ce moment : </span>Un mentor pour toi" in text
    assert AGAIN in text
    assert "tu gardes ta place" in text
    assert "Votre accord à tous les deux" not in text
    assert WHY not in text
    assert "We are looking again" in await page(s, ids[0], "en")
    assert "Nous cherchons un autre jeune" in await page(s, ids[2])


async def test_a_next_proposal_takes_the_place_of_the_first(s: ServiceHarness, ids: Ids) -> None:
    first, second = pair_of(ids), pair_of(ids)
    await s.handle(proposal_of(first))
    await s.handle(release_of(first))
    s.clock.advance(days=1)
    await s.handle(proposal_of(second, date(2026, 1, 18)))
    text = await page(s, ids[0])
    assert WAITING in text
    assert "18 janvier 2026" in text
    assert AGAIN not in text


async def test_an_explanation_from_before_the_proposal_is_not_shown_after_it(
    s: ServiceHarness, ids: Ids
) -> None:
    fields: dict[str, Any] = {"request_id": ids[0], "kind": "taken", "permitted": 3}
    await s.handle(RequestExplained(**fields, explained_at=s.clock.now()))
    assert "Pourquoi pas encore de mentor" in await page(s, ids[0])
    s.clock.advance(days=1)
    pair = pair_of(ids)
    await s.handle(proposal_of(pair))
    await s.handle(release_of(pair))
    assert "Pourquoi pas encore de mentor" not in await page(s, ids[0])
    s.clock.advance(hours=1)
    await s.handle(RequestExplained(**fields, explained_at=s.clock.now()))
    text = await page(s, ids[0])
    assert "Pourquoi pas encore de mentor" in text
    assert AGAIN in text


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_any_order_shows_the_same(
    s: ServiceHarness, ids: Ids, order: tuple[int, ...]
) -> None:
    """The first pair is released; the second is proposed and confirmed elsewhere in the order."""
    first, second = pair_of(ids), pair_of(ids)
    events = [release_of(first), proposal_of(first), proposal_of(second)]
    for place in order:
        await s.handle(events[place])
    text = await page(s, ids[0])
    assert WAITING in text
    assert AGAIN not in text


async def test_each_repeated_changes_nothing(s: ServiceHarness, ids: Ids) -> None:
    pair = pair_of(ids)
    for event in (proposal_of(pair), release_of(pair)):
        event_id = uuid4()
        assert await s.handle(event, event_id)
        before = await s.pool.fetch("SELECT * FROM pairs")
        s.clock.advance(days=1)
        assert not await s.handle(event, event_id)
        await s.handle(event)
        assert await s.pool.fetch("SELECT * FROM pairs") == before


async def test_an_end_of_an_undone_pair_closes_no_request(s: ServiceHarness, ids: Ids) -> None:
    """Matching put the request back into its pool: it is not over, whatever other events state."""
    pair = pair_of(ids)
    await s.handle(PairConfirmed(**pair))
    await s.handle(PairUndone(**pair, reason="mentor_left"))
    pair.pop("association")
    await s.handle(EngagementEnded(**pair, engagement_id=uuid4(), reason="completed"))
    assert await s.pool.fetchval("SELECT state FROM requests") == "confirmed"


def end_of(pair: dict[str, Any]) -> EngagementEnded:
    fields = {name: value for name, value in pair.items() if name != "association"}
    return EngagementEnded(**fields, engagement_id=uuid4(), reason="completed")


@pytest.mark.parametrize("end_first", [False, True])
async def test_a_pair_that_was_undone_before_its_end_leaves_its_request_open(
    s: ServiceHarness, ids: Ids, end_first: bool
) -> None:
    """It waits in matching: closed here, it would be paired without anybody knowing of it."""
    pair = pair_of(ids)
    await s.handle(PairConfirmed(**pair))
    events = [PairUndone(**pair, reason="clearance_ended"), end_of(pair)]
    for event in reversed(events) if end_first else events:
        await s.handle(event)
    row = await s.fetch_row("SELECT state, closed_at FROM requests")
    assert tuple(row) == ("confirmed", None)
    assert await s.pool.fetchval("SELECT ended_at FROM pairs") is None


@pytest.mark.parametrize("reason", ["withdrawn", "clearance_ended"])
async def test_an_undone_pair_opens_no_request_that_another_one_ended(
    s: ServiceHarness, ids: Ids, reason: Literal["withdrawn", "clearance_ended"]
) -> None:
    first, second = pair_of(ids), pair_of(ids)
    await s.handle(PairConfirmed(**first))
    await s.handle(PairConfirmed(**second))
    await s.handle(end_of(second))
    await s.handle(PairUndone(**first, reason=reason))
    assert await s.pool.fetchval("SELECT state FROM requests") == "ended"


async def test_whoever_has_asked_anew_meanwhile_keeps_the_new_request(
    s: ServiceHarness, partner: str, ids: Ids
) -> None:
    pair = pair_of(ids)
    await s.handle(PairConfirmed(**pair))
    await s.handle(end_of(pair))
    assert (await register(s, {"kind": "mentee", **young()})).status_code == 202
    await s.take_events()
    await s.pool.execute("UPDATE requests SET mentee_id = $1 WHERE closed_at IS NULL", ids[1])
    await s.handle(PairUndone(**pair, reason="clearance_ended"))
    (withdrawn,) = [x for x in await s.take_events() if isinstance(x, RequestWithdrawn)]
    assert (withdrawn.request_id, withdrawn.reason) == (ids[0], "duplicate")
