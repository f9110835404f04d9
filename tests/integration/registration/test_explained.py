"""Why no mentor yet, on the tracking page: done, repeated, out of order, unknown."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.events import MenteeRegistered, PairConfirmed, PairProposed, RequestExplained
from tests.integration.registration.conftest import path_of, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young

PAIR = uuid4()
NOT_YET = "Pourquoi pas encore de mentor"
WHY = "Pourquoi ce mentor"


@pytest.fixture
async def ids(s: ServiceHarness, partner: str) -> tuple[UUID, UUID]:
    """(request, mentee) of a young person whose request an association has taken in charge."""
    await register(s, {"kind": "mentee", **young()})
    registered = (await s.take_events())[0]
    assert isinstance(registered, MenteeRegistered)
    assert await s.pool.fetchval("SELECT state FROM requests") == "confirmed"
    return registered.request_id, registered.mentee_id


def explanation(
    s: ServiceHarness, request_id: UUID, hours: int = 0, **changes: Any
) -> RequestExplained:
    fields: dict[str, Any] = {
        "request_id": request_id,
        "round_id": uuid4(),
        "explained_at": s.clock.now() + timedelta(hours=hours),
        "kind": "gate",
        "gate": "slot",
        "permitted": 0,
        "opens_most": {"change": "slot:wed_pm", "mentors": 12},
    }
    return RequestExplained.model_validate(fields | changes)


def pair_of(ids: tuple[UUID, UUID]) -> dict[str, Any]:
    request_id, mentee_id = ids
    who = {"pair_id": PAIR, "request_id": request_id, "mentee_id": mentee_id}
    return who | {"mentor_id": uuid4(), "association": "tandem_avenir"}


async def page(s: ServiceHarness, ids: tuple[UUID, UUID], lang: str = "fr") -> str:
    answer = await s.client.get(path_of(s, "request", ids[0]), params={"lang": lang})
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_shown_in_plain_words_with_the_change_that_helps_most(
    s: ServiceHarness, ids: tuple[UUID, UUID]
) -> None:
    assert NOT_YET not in await page(s, ids)
    await s.handle(explanation(s, ids[0]))
    text = await page(s, ids)
    assert NOT_YET in text
    assert "vous n’êtes pas libres aux mêmes moments" in text
    assert "Si tu étais aussi libre le mercredi après-midi, 12 mentors de plus" in text
    assert "Si c’est possible pour toi, dis-le à" in text
    assert "If you were also free on Wednesday afternoon" in await page(s, ids, "en")


async def test_nothing_to_change_asks_for_nothing(
    s: ServiceHarness, ids: tuple[UUID, UUID]
) -> None:
    await s.handle(explanation(s, ids[0], kind="taken", gate=None, permitted=3, opens_most=None))
    text = await page(s, ids)
    assert "3 mentors te conviendraient" in text
    assert "Si c’est possible pour toi" not in text


async def test_repeated_it_changes_nothing(s: ServiceHarness, ids: tuple[UUID, UUID]) -> None:
    event, event_id = explanation(s, ids[0]), uuid4()
    assert await s.handle(event, event_id)
    before = await s.pool.fetchrow("SELECT * FROM explanations")
    assert not await s.handle(event, event_id)
    await s.handle(event)
    assert await s.pool.fetchrow("SELECT * FROM explanations") == before


async def test_an_older_one_that_comes_late_is_left_aside(
    s: ServiceHarness, ids: tuple[UUID, UUID]
) -> None:
    await s.handle(explanation(s, ids[0], hours=2, gate="place"))
    await s.handle(explanation(s, ids[0], hours=1, gate="need"))
    assert await s.pool.fetchval("SELECT gate FROM explanations") == "place"
    await s.handle(explanation(s, ids[0], hours=3, gate="safety"))
    assert await s.pool.fetchval("SELECT gate FROM explanations") == "safety"


async def test_a_request_that_is_gone_is_not_explained(
    s: ServiceHarness, ids: tuple[UUID, UUID]
) -> None:
    await s.handle(explanation(s, uuid4()))
    assert await s.pool.fetchval("SELECT count(*) FROM explanations") == 0


async def test_it_goes_with_its_request(s: ServiceHarness, ids: tuple[UUID, UUID]) -> None:
    await s.handle(explanation(s, ids[0]))
    await s.pool.execute("DELETE FROM routings")
    await s.pool.execute("DELETE FROM requests")
    assert await s.pool.fetchval("SELECT count(*) FROM explanations") == 0


async def test_a_found_mentor_is_shown_with_reasons(
    s: ServiceHarness, ids: tuple[UUID, UUID]
) -> None:
    await s.handle(explanation(s, ids[0]))
    parts = {"needs": 1.0, "sectors": 0.0, "slots": 1 / 3, "proximity": 0.4, "waiting": 0.1}
    proposal = {"round_id": uuid4(), "score": 0.5, "components": parts}
    await s.handle(PairProposed(**pair_of(ids) | proposal))
    text = await page(s, ids)
    assert NOT_YET not in text
    assert WHY in text
    assert "Ton mentor propose toute l’aide que tu demandes." in text
    assert "Vous avez un moment libre en commun." in text
    assert "Vous êtes de la même région." in text
    assert "Why this mentor?" in await page(s, ids, "en")


async def test_a_confirmation_before_the_proposal_shows_no_reasons_yet(
    s: ServiceHarness, ids: tuple[UUID, UUID]
) -> None:
    await s.handle(PairConfirmed(**pair_of(ids)))
    assert WHY not in await page(s, ids)
    parts = {"round_id": uuid4(), "score": 0.5, "components": {"needs": 0.5}}
    await s.handle(PairProposed(**pair_of(ids) | parts))
    assert "une partie de l’aide" in await page(s, ids)


async def test_an_explanation_that_comes_after_the_pair_is_not_shown(
    s: ServiceHarness, ids: tuple[UUID, UUID]
) -> None:
    await s.handle(PairConfirmed(**pair_of(ids)))
    await s.handle(explanation(s, ids[0], hours=1))
    assert NOT_YET not in await page(s, ids)
