"""A withdrawn request leaves its pool for good, and its pair is undone, at every stage."""

from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import (
    EngagementEnded,
    PairReleased,
    PairUndone,
    RequestConfirmed,
    RequestWithdrawn,
)
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import Couple, answer, propose
from tests.integration.matching.stored_pairs import count_taken, pairs_told, state_of
from tests.support.service_harness import ServiceHarness


def withdrawn(asked: RequestConfirmed) -> RequestWithdrawn:
    return RequestWithdrawn(
        request_id=asked.request_id, mentee_id=asked.mentee_id, reason="consent_withdrawn"
    )


async def test_a_waiting_request_is_closed(matching: ServiceHarness, runner: RoundRunner) -> None:
    asked = request()
    for event in (asked, mentor(), withdrawn(asked)):
        await matching.handle(event)
    assert await state_of(matching, asked.request_id) == "closed"
    await runner.step()
    assert await pairs_told(matching) == []


async def test_it_is_never_opened_again(matching: ServiceHarness) -> None:
    asked = request()
    await matching.handle(withdrawn(asked))
    await matching.handle(asked)
    assert await state_of(matching, asked.request_id) is None


async def test_a_pair_is_undone_and_its_place_free(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked, offered = request(), mentor()
    for event in (asked, offered):
        await matching.handle(event)
    await runner.step()
    (pair,) = await pairs_told(matching)
    await matching.handle(withdrawn(asked))
    (undone,) = await matching.take_events()
    assert isinstance(undone, PairUndone)
    assert (undone.pair_id, undone.reason, undone.accepted_by) == (pair.pair_id, "withdrawn", None)
    assert await count_taken(matching, offered.mentor_id) == 0
    assert await state_of(matching, asked.request_id) == "closed"
    await matching.handle(withdrawn(asked))
    await matching.handle(
        EngagementEnded(
            engagement_id=pair.pair_id, pair_id=pair.pair_id, request_id=pair.request_id,
            mentee_id=pair.mentee_id, mentor_id=pair.mentor_id, reason="completed",
        )
    )  # fmt: skip
    assert await matching.take_events() == []
    assert await count_taken(matching, offered.mentor_id) == 0, "a place is given back once"


async def test_whoever_answered_yes_to_a_proposition_is_named(
    asking: ServiceHarness, couple: Couple, links: dict[str, str]
) -> None:
    asked, _ = couple
    await answer(asking, links["mentor"], "accepted")
    await asking.handle(withdrawn(asked))
    (undone,) = await asking.take_events()
    assert isinstance(undone, PairUndone)
    assert undone.accepted_by == "mentor"
    page = await answer(asking, links["mentee"], "accepted")
    assert page.status_code == 200
    assert await asking.take_events() == [], "it is over, whatever is answered now"
    asking.clock.advance(days=20)
    await asking.fire_due()
    assert [x for x in await asking.take_events() if isinstance(x, PairReleased)] == []


async def test_the_mentor_is_free_for_somebody_else(asking: ServiceHarness, couple: Couple) -> None:
    asked, offered = couple
    await asking.handle(withdrawn(asked))
    other = request(asked.programme)
    await asking.handle(other)
    assert await propose(asking, other, offered) == 1
