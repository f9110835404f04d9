"""Everybody's latest explanation is kept; a waiting request gets a new one when its explanation
key changes."""

import asyncio
from typing import Any
from uuid import UUID

from services.matching.engine.solve import solve
from services.matching.solver_process import batches
from services.matching.store.snapshot import round_input
from services.matching.use_cases.notify_no_capacity import notify_some
from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import Event, PairConfirmed, RequestExplained
from tests.integration.matching import faults
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.people import end_of, mentor, request
from tests.integration.matching.stored_pairs import rounds
from tests.support.service_harness import ServiceHarness


async def come(matching: ServiceHarness, *people: Event) -> None:
    for person in people:
        await matching.handle(person)


async def take_explanations(matching: ServiceHarness) -> list[RequestExplained]:
    return [event for event in await matching.take_events() if isinstance(event, RequestExplained)]


async def read_explanation(matching: ServiceHarness, request_id: UUID) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await matching.pool.fetchval(
        "SELECT explanation FROM explanations WHERE request_id = $1", request_id
    )
    return found


async def hold(matching: ServiceHarness, runner: RoundRunner) -> None:
    """The next round, an hour later."""
    matching.clock.advance(hours=1)
    assert await runner.step()


async def test_a_closed_gate_is_explained_with_the_change_that_opens_most(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked = request(slots=("mon_am",))
    await come(matching, asked, *(mentor(slots=("wed_pm",)) for _ in range(3)))
    await runner.step()
    (event,) = await take_explanations(matching)
    assert (event.request_id, event.kind, event.gate) == (asked.request_id, "gate", "slot")
    assert event.permitted == 0
    assert event.opens_most is not None
    assert (event.opens_most.change, event.opens_most.mentors) == ("slot:wed_pm", 3)
    assert event.explained_at == matching.clock.now()
    explanation = await read_explanation(matching, asked.request_id)
    assert explanation is not None
    assert explanation["mentor_id"] is None
    assert explanation["blocking"]["gate"] == "slot"


async def test_taken_mentors_are_explained_and_the_pair_keeps_its_reasons(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await come(matching, request(), request(), mentor())
    await runner.step()
    events = await matching.take_events()
    (waits,) = [event for event in events if isinstance(event, RequestExplained)]
    (made,) = [event for event in events if isinstance(event, PairConfirmed)]
    assert (waits.kind, waits.gate, waits.permitted) == ("taken", None, 1)
    reasons = await read_explanation(matching, made.request_id)
    assert reasons is not None
    assert reasons["mentor_id"] == str(made.mentor_id)
    assert reasons["reasons"]["fr"]


async def test_an_explanation_is_published_only_when_its_key_changes(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked = request(level="primary")
    await come(matching, asked, mentor())
    await runner.step()
    assert [event.gate for event in await take_explanations(matching)] == ["level"]

    await come(matching, mentor())
    await hold(matching, runner)
    assert await take_explanations(matching) == [], "one mentor more of the same kind"
    latest = await matching.pool.fetchval("SELECT round_id FROM explanations")
    assert latest == (await rounds(matching))[-1]["round_id"]

    await come(matching, *(mentor(levels=("primary",), slots=("sun_eve",)) for _ in range(5)))
    await hold(matching, runner)
    assert [event.gate for event in await take_explanations(matching)] == ["slot"]


async def test_it_goes_when_the_request_is_closed(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await come(matching, request(), mentor())
    await runner.step()
    (made,) = [event for event in await matching.take_events() if isinstance(event, PairConfirmed)]
    assert await read_explanation(matching, made.request_id) is not None
    await matching.handle(end_of(made))
    assert await read_explanation(matching, made.request_id) is None


async def test_who_left_meanwhile_gets_no_explanation(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    gone, stays = request(level="primary"), request(level="primary")
    await come(matching, gone, stays, mentor())
    await runner.ask()
    claimed = await runner.claim()
    assert claimed is not None
    found = await runner.solve(claimed)
    await matching.pool.execute(
        "UPDATE requests SET state = 'closed' WHERE request_id = $1", gone.request_id
    )
    await runner.settle(claimed, found)
    assert [event.request_id for event in await take_explanations(matching)] == [stays.request_id]
    assert await read_explanation(matching, gone.request_id) is None


async def test_a_pair_that_was_held_back_explains_nothing(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    minor = request(department="75")
    await come(matching, request(birth_year=None), minor, mentor(cleared=False, capacity=2))
    assert await runners(solved_by=faults.break_a_gate).step()
    assert await take_explanations(matching) == []
    assert await read_explanation(matching, minor.request_id) is None


async def test_while_no_mentor_has_a_place_it_is_published_once(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked = [request() for _ in range(5)]
    await come(matching, *asked, mentor(capacity=0))
    assert not await runner.step(), "no round without a place"
    several = await asyncio.gather(*(notify_some(matching.runtime, 3) for _ in range(4)))
    assert sum(several) + await notify_some(matching.runtime, 3) == 5
    events = await take_explanations(matching)
    assert {event.request_id for event in events} == {one.request_id for one in asked}
    assert len(events) == 5
    assert {(event.kind, event.gate, event.round_id) for event in events} == {("gate", None, None)}
    assert await notify_some(matching.runtime, 3) == 0

    await come(matching, mentor(levels=("primary",)))
    assert await runner.step()
    assert [event.gate for event in await take_explanations(matching)] == ["level"] * 5


async def test_reasons_of_a_round_replace_that_there_is_no_place(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await come(matching, request(), request(), mentor())
    await runner.step()
    assert [event.kind for event in await take_explanations(matching)] == ["taken"]
    assert await notify_some(matching.runtime, 3) == 0


async def test_with_places_it_is_left_to_the_round(matching: ServiceHarness) -> None:
    await come(matching, request(), mentor())
    assert await notify_some(matching.runtime, 3) == 0


async def test_explanations_come_in_batches_too(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked = [request(level="primary") for _ in range(7)]
    await come(matching, *asked, mentor())
    await runner.ask()
    claimed = await runner.claim()
    assert claimed is not None
    given = round_input(claimed.inputs, claimed.policy, claimed.held_on)
    made = batches.make_batches([], solve(given).explanations, 3)
    assert [batch.waiting.count('"gist"') for batch in made] == [3, 3, 1]
    await runner.hold(claimed)
    assert {event.request_id for event in await take_explanations(matching)} == {
        one.request_id for one in asked
    }
