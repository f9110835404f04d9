"""An arrival in a large pool is matched at once after its round."""

import asyncio
from pathlib import Path

from deploy.cli.match import verify
from deploy.cli.rounds import rounds as rounds_command
from services.matching.use_cases.process_arrivals import ArrivalProcessor, process_arrivals
from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import AnswerAsked, PairConfirmed, PairProposed
from tests.integration.matching.arrivals.pool import arrivals, set_programme, settle
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import answer, pages, plain
from tests.integration.matching.stored_pairs import (
    count_taken,
    last_round,
    metric,
    pairs_told,
    rounds,
    state_of,
)
from tests.integration.matching.test_export import run
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import until


async def test_a_newcomer_gets_the_best_place_without_another_round(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor
) -> None:
    await settle(matching, runner, mentor(), mentor())
    asked = request()
    await matching.handle(asked)

    assert not await runner.step(), "an answer is tried first"
    assert await processor.step()

    proposed, confirmed = await matching.take_events()
    assert isinstance(proposed, PairProposed)
    assert isinstance(confirmed, PairConfirmed)
    kept = await last_round(matching)
    assert (proposed.request_id, proposed.round_id) == (asked.request_id, kept["round_id"])
    assert await count_taken(matching, proposed.mentor_id) == 1
    (row,) = await arrivals(matching)
    assert (row["request_id"], row["round_id"]) == (asked.request_id, kept["round_id"])
    assert row["pair_id"] == proposed.pair_id
    assert 0 < row["seconds"] < 60
    explained = await matching.pool.fetchrow(
        "SELECT * FROM explanations WHERE request_id = $1", asked.request_id
    )
    assert explained is not None
    assert explained["explanation"]["reasons"]["fr"]
    assert explained["explanation"]["mentor_id"] == str(proposed.mentor_id)
    assert metric(matching, "arrival_seconds_count", answer="pair") == 1
    assert await state_of(matching, asked.request_id) == "paired"
    assert not await runner.step()
    assert not await processor.step()
    assert len(await rounds(matching)) == 1
    page = await matching.client.get(f"/rounds/{kept['round_id']}")
    assert "laissée libre (à ses prix) : 1." in plain(page)


async def test_the_score_decides_as_in_a_round(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor
) -> None:
    other = mentor(levels=("bac3_plus",))
    half, whole = mentor(), mentor(offers=("job", "interview"))
    await matching.handle(request(level="bac3_plus"))
    for event in (other, half, whole):
        await matching.handle(event)
    assert await runner.step()
    await matching.take_events()
    asked = request()
    await matching.handle(asked)

    assert await processor.step()
    (pair,) = await pairs_told(matching)
    assert pair.mentor_id == whole.mentor_id


async def test_both_sides_are_asked_where_the_programme_asks(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor
) -> None:
    """A no lets both wait; the newcomer gets another place, never the same again."""
    await set_programme(matching, mode="proposal")
    for event in (request(), mentor(), mentor(), mentor()):
        await matching.handle(event)
    assert await runner.step()
    await matching.take_events()
    asked = request()
    await matching.handle(asked)
    assert await processor.step()
    events = await matching.take_events()
    (first,) = [event for event in events if isinstance(event, PairProposed)]
    assert first.answer_until is not None
    assert sum(isinstance(event, AnswerAsked) for event in events) == 2

    await answer(matching, pages(matching, events)["mentee"], "declined")
    assert await state_of(matching, asked.request_id) == "waiting"
    await matching.take_events()
    assert await processor.step()
    (second,) = [event for event in await matching.take_events() if isinstance(event, PairProposed)]
    assert second.request_id == asked.request_id
    assert second.mentor_id != first.mentor_id


async def test_the_next_round_takes_it_into_account_and_is_proved(
    matching: ServiceHarness, runner: RoundRunner, processor: ArrivalProcessor, tmp_path: Path
) -> None:
    await settle(matching, runner, mentor(capacity=2), mentor(levels=("bac3_plus",)))
    asked = request()
    await matching.handle(asked)
    assert await processor.step()
    await pairs_told(matching)

    matching.clock.advance(hours=2)
    assert await runner.step(), "what they left is looked at again"
    matching.clock.advance(hours=2)
    assert not await runner.step(), "once"

    assert await pairs_told(matching) == []
    kept = await last_round(matching)
    assert (kept["state"], kept["waiting"], kept["mentors"], kept["gap"]) == ("published", 1, 1, 0)
    out = tmp_path / "out"
    output = await run(rounds_command, "export", str(kept["round_id"]), "--to", out)
    day = output.partition("--at ")[2][:10]
    sides = [out / "mentees.csv", out / "mentors.csv", out / "pairs.csv"]
    terms = ["--certificate", out / "certificate.json", "--associations", out / "associations.csv"]
    terms += ["--past", out / "past.csv", "--policy", out / "policy.toml", "--at", day]
    assert "Vérifié" in await run(verify, *sides, *terms)


async def test_the_worker_answers_by_itself(matching: ServiceHarness, runner: RoundRunner) -> None:
    await settle(matching, runner, mentor(), mentor())
    working = asyncio.create_task(process_arrivals(matching.runtime))
    asked = request()
    await matching.handle(asked)

    async def is_answered() -> bool:
        return await state_of(matching, asked.request_id) == "paired"

    await until(is_answered)
    matching.runtime.stopping.set()
    await working
