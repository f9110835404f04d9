"""A pair that comes to nothing for a reason outside of itself: before or after it is introduced."""

from typing import Any
from uuid import uuid4

import pytest

from services.matching.store import History
from services.matching.use_cases.run_rounds import RoundRunner
from services.matching.use_cases.undo_pair import Undoing, undo_pair
from shared.contracts.events import (
    EngagementEnded,
    IntroductionFailed,
    PairConfirmed,
    PairIntroduced,
    PairUndone,
)
from tests.integration.matching.people import end_of, mentor, request
from tests.integration.matching.propositions import (
    IN_ORDER,
    Couple,
    answer,
    ledger,
    of_kind,
    propose,
    read_page,
    row_of,
    title,
)
from tests.integration.matching.stored_pairs import count_taken, state_of
from tests.support.service_harness import ServiceHarness


@pytest.fixture
async def confirmed(matching: ServiceHarness) -> PairConfirmed:
    """A pair of a programme that introduces without asking."""
    asked, offered = request(), mentor()
    for event in (asked, offered):
        await matching.handle(event)
    assert await propose(matching, asked, offered) == 1
    [pair] = of_kind(await matching.take_events(), PairConfirmed)
    assert isinstance(pair, PairConfirmed)
    return pair


def failure_of(pair: PairConfirmed, **how: Any) -> IntroductionFailed:
    return IntroductionFailed(**pair.model_dump(), **({"reason": "unreachable"} | how))


async def test_a_failed_introduction_gives_place_and_turn_back(
    matching: ServiceHarness, confirmed: PairConfirmed
) -> None:
    since = (await row_of(matching, "requests", "request_id", confirmed.request_id))["since"]
    await matching.handle(failure_of(confirmed, side="mentor"))
    [undone] = await matching.take_events()
    assert undone == PairUndone(
        **confirmed.model_dump(),
        reason="not_introduced",
        tell=("mentee",),
    )
    assert await state_of(matching, confirmed.request_id) == "waiting"
    assert await count_taken(matching, confirmed.mentor_id) == 0
    now = await row_of(matching, "requests", "request_id", confirmed.request_id)
    assert now["since"] == since
    assert await ledger(matching) == IN_ORDER
    async with matching.runtime.begin() as tx:
        assert (await History(tx.connection).now()).pairs == 0


async def test_a_repeated_event_undoes_it_once(
    matching: ServiceHarness, confirmed: PairConfirmed
) -> None:
    await matching.handle(failure_of(confirmed, side="mentee"))
    await matching.handle(failure_of(confirmed, side="mentee"))
    assert [one.tell for one in of_kind(await matching.take_events(), PairUndone)] == [("mentor",)]
    assert await count_taken(matching, confirmed.mentor_id) == 0


async def test_a_pair_that_is_none_of_ours_changes_nothing(matching: ServiceHarness) -> None:
    unrelated = IntroductionFailed(
        pair_id=uuid4(),
        request_id=uuid4(),
        mentee_id=uuid4(),
        mentor_id=uuid4(),
        association="pas_a_pas",
        reason="deadline",
    )
    await matching.handle(unrelated)
    assert await matching.take_events() == []


async def test_a_pair_that_was_undone_is_never_made_again(
    matching: ServiceHarness, runner: RoundRunner, confirmed: PairConfirmed
) -> None:
    second = mentor(department="75")
    await matching.handle(second)
    await matching.handle(failure_of(confirmed, side="mentor"))
    await matching.take_events()
    matching.clock.advance(hours=1)
    assert await runner.step()
    [again] = of_kind(await matching.take_events(), PairConfirmed)
    assert (again.request_id, again.mentor_id) == (confirmed.request_id, second.mentor_id)


async def test_after_the_introduction_undoing_names_it_and_the_request_waits(
    matching: ServiceHarness, confirmed: PairConfirmed
) -> None:
    await matching.handle(PairIntroduced(**confirmed.model_dump()))
    async with matching.runtime.begin() as tx:
        await undo_pair(confirmed.pair_id, Undoing("clearance_ended", tell=("mentee",)), tx)
    [undone] = of_kind(await matching.take_events(), PairUndone)
    assert undone.introduced
    late: EngagementEnded = end_of(confirmed)
    await matching.handle(late)
    assert await state_of(matching, confirmed.request_id) == "waiting", "its turn was given back"
    assert await count_taken(matching, confirmed.mentor_id) == 0
    async with matching.runtime.begin() as tx:
        assert (await History(tx.connection).now()).pairs == 1, "it was a pair"


@pytest.mark.parametrize("choices", [(), ("mentor",), ("mentor", "mentee")])
async def test_an_undone_proposition_is_over_for_both(
    asking: ServiceHarness, couple: Couple, links: dict[str, str], choices: tuple[str, ...]
) -> None:
    for side in choices:
        await answer(asking, links[side], "accepted")
    [pair] = await asking.pool.fetch("SELECT pair_id FROM pairs")
    async with asking.runtime.begin() as tx:
        assert await undo_pair(pair["pair_id"], Undoing("mentor_left"), tx)
    pages = [await read_page(asking, links[side]) for side in ("mentee", "mentor")]
    await answer(asking, links["mentee"], "accepted")
    assert [await read_page(asking, links[side]) for side in ("mentee", "mentor")] == pages
    assert title(await asking.client.get(links["mentee"])) == "Cette proposition n’est plus ouverte"
    asking.clock.advance(days=30)
    await asking.take_events()
    await asking.fire_due()
    assert await asking.take_events() == [], "nobody is reminded of it"
    assert await state_of(asking, couple[0].request_id) == "waiting"
    assert await ledger(asking) == IN_ORDER
