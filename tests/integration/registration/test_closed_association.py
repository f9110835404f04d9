"""An association leaves the file: its requests find another, nobody waits for it."""

from typing import Any
from uuid import UUID

import pytest

from services.registration.use_cases.hand_on_requests import hand_on_some
from shared.contracts.events import MenteeRegistered, PairConfirmed, RequestConfirmed, RequestRouted
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from tests.integration.owners import count_unowned
from tests.integration.registration.conftest import BY_HAND, path_of, register
from tests.integration.registration.test_proposed import pair_of
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young

GONE = "closed_club"


async def hand_on(s: ServiceHarness) -> int:
    async with s.runtime.begin() as tx:
        return await hand_on_some(100, tx)


async def close(s: ServiceHarness, request_id: UUID) -> None:
    """The association that has this request is no longer in the file."""
    await s.pool.execute("UPDATE requests SET association = $2 WHERE id = $1", request_id, GONE)
    await s.take_events()


async def ask(s: ServiceHarness, **changes: Any) -> tuple[UUID, UUID]:
    answer = await register(s, {"kind": "mentee", **young(**changes)})
    assert answer.status_code < 300, answer.text
    registered = (await s.take_events())[0]
    assert isinstance(registered, MenteeRegistered)
    return registered.request_id, registered.mentee_id


@pytest.mark.parametrize("changes", [{}, BY_HAND])
async def test_a_request_goes_to_another_that_takes_charge(
    s: ServiceHarness, partner: str, changes: dict[str, Any]
) -> None:
    request_id, _ = await ask(s, **changes)
    await close(s, request_id)
    assert await count_unowned(s) == {"requests": 1}
    assert await hand_on(s) == 1
    events = await s.take_events()
    assert isinstance(events[0], RequestRouted)
    assert events[0].association in ASSOCIATIONS
    if not changes:
        assert isinstance(events[1], RequestConfirmed)
        assert events[1].association == events[0].association
    assert await count_unowned(s) == {}
    assert await hand_on(s) == 0, "once is enough"


async def test_the_old_deadline_is_forgotten(s: ServiceHarness, partner: str) -> None:
    request_id, _ = await ask(s, **BY_HAND)
    await close(s, request_id)
    await hand_on(s)
    timers = await s.pool.fetch("SELECT payload FROM timers WHERE kind = 'association_silent'")
    association = await s.pool.fetchval("SELECT association FROM requests")
    assert [timer["payload"]["association"] for timer in timers] == [association]


async def test_a_request_whose_pair_stands_stays_with_it_under_the_head(
    s: ServiceHarness, partner: str
) -> None:
    request_id, mentee_id = await ask(s)
    pair = pair_of((request_id, mentee_id, mentee_id))
    await s.handle(PairConfirmed(**pair))
    await close(s, request_id)
    assert await hand_on(s) == 1
    assert await s.take_events() == []
    row = await s.fetch_row("SELECT state, association FROM requests")
    assert (row["state"], row["association"]) == ("confirmed", NETWORK_HEAD)
    assert await count_unowned(s) == {}


async def test_until_then_the_tracking_page_names_the_head(s: ServiceHarness, partner: str) -> None:
    request_id, _ = await ask(s)
    await close(s, request_id)
    page = (await s.client.get(path_of(s, "request", request_id))).text
    assert ASSOCIATIONS[NETWORK_HEAD].fr in page


async def test_a_stored_request_with_a_need_that_is_gone_is_still_placed(
    s: ServiceHarness, partner: str
) -> None:
    request_id, _ = await ask(s)
    await s.pool.execute(
        "UPDATE requests SET criteria = jsonb_set(criteria, '{needs}', '[\"gone\", \"job\"]')"
    )
    await close(s, request_id)
    assert await hand_on(s) == 1
    (confirmed,) = [event for event in await s.take_events() if isinstance(event, RequestConfirmed)]
    assert confirmed.request_id == request_id
