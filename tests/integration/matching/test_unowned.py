"""Nothing in matching is open without a next action; what lost it is counted."""

from shared.contracts.events import PairConfirmed, PairIntroduced, PairUndone
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import (
    IN_ORDER,
    Couple,
    answer,
    ledger,
    of_kind,
    propose,
)
from tests.integration.matching.stored_pairs import count_taken, state_of
from tests.integration.owners import count_unowned, lose_timers
from tests.support.service_harness import ServiceHarness


async def pair_of(matching: ServiceHarness) -> PairConfirmed:
    asked, offered = request(), mentor()
    for event in (asked, offered):
        await matching.handle(event)
    assert await propose(matching, asked, offered) == 1
    (confirmed,) = of_kind(await matching.take_events(), PairConfirmed)
    assert isinstance(confirmed, PairConfirmed)
    return confirmed


async def test_every_state_has_an_owner(matching: ServiceHarness) -> None:
    await matching.handle(request())
    assert await count_unowned(matching) == {}
    pair = await pair_of(matching)
    assert await count_unowned(matching) == {}
    await matching.handle(PairIntroduced(**pair.model_dump()))
    await lose_timers(matching)
    assert await count_unowned(matching) == {}, "follow-up has it now"


async def test_a_confirmed_pair_without_its_deadline_is_counted(matching: ServiceHarness) -> None:
    await pair_of(matching)
    await lose_timers(matching)
    assert await count_unowned(matching) == {"pairs": 1}


async def test_a_proposition_without_its_deadline_is_counted(
    asking: ServiceHarness, couple: Couple, links: dict[str, str]
) -> None:
    assert await count_unowned(asking) == {}
    await lose_timers(asking)
    assert await count_unowned(asking) == {"propositions": 1}
    for side in ("mentee", "mentor"):
        await answer(asking, links[side], "accepted")
    assert await count_unowned(asking) == {}, "confirmed, with a deadline of its own"


async def test_a_paired_request_without_a_pair_and_one_of_no_pool_are_counted(
    matching: ServiceHarness,
) -> None:
    pair, waiting = await pair_of(matching), request("lost")
    await matching.handle(waiting)
    await matching.pool.execute(
        "UPDATE pairs SET ended_at = now(), end_reason = 'lost' WHERE pair_id = $1", pair.pair_id
    )
    await matching.pool.execute("DELETE FROM pools WHERE programme = 'lost'")
    assert await count_unowned(matching) == {"requests": 2}


async def test_a_pair_without_further_events_is_undone_and_both_are_informed(
    matching: ServiceHarness,
) -> None:
    lost, introduced = await pair_of(matching), await pair_of(matching)
    await matching.handle(PairIntroduced(**introduced.model_dump()))
    matching.clock.advance(days=14)
    assert await matching.fire_due() == 2
    (undone,) = await matching.take_events()
    assert isinstance(undone, PairUndone)
    assert (undone.pair_id, undone.reason) == (lost.pair_id, "not_introduced")
    assert set(undone.tell) == {"mentee", "mentor"}
    assert await state_of(matching, lost.request_id) == "waiting"
    assert await count_taken(matching, introduced.mentor_id) == 1
    assert await ledger(matching) == IN_ORDER
