"""Whoever comes to a large pool after its round is answered at once, and no place is given twice.

A pool is large here from one person on.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.cli.match import verify
from deploy.cli.rounds import rounds as rounds_command
from services.matching.app import SERVICE
from services.matching.domain.programme import Changes
from services.matching.jobs.arrivals import ArrivalDesk, answer_arrivals
from services.matching.jobs.counting import ArrivalMeters
from services.matching.jobs.rounds import RoundKeeper
from services.matching.store import Programmes
from shared.contracts.events import AnswerAsked, PairConfirmed, PairProposed
from shared.runtime.service import Service
from tests.integration.matching.asked import IN_ORDER, answer, ledger, pages
from tests.integration.matching.conftest import Keepers
from tests.integration.matching.ledger import (
    last_round,
    metric,
    pairs_told,
    rounds,
    state_of,
    taken,
    until,
)
from tests.integration.matching.people import mentor, request
from tests.integration.matching.test_export import run
from tests.stage import Stage

Desks = Callable[[], ArrivalDesk]


@pytest.fixture
def large() -> int:
    """How many people make a pool large."""
    return 1


@pytest.fixture
async def matching(
    stage: Callable[[Service], Awaitable[Stage]], monkeypatch: pytest.MonkeyPatch, large: int
) -> Stage:
    monkeypatch.setenv("BINOME_MATCHING_LEASE", "1")
    monkeypatch.setenv("BINOME_MATCHING_ARRIVALS_FROM", str(large))
    made = await stage(SERVICE)
    await set_programme(made, cadence="arrival")
    return made


@pytest.fixture
def desks(matching: Stage) -> Desks:
    """`desks()` is one more replica."""
    meters = ArrivalMeters(matching.runtime.metrics)
    return lambda: ArrivalDesk(matching.runtime, meters)


@pytest.fixture
def desk(desks: Desks) -> ArrivalDesk:
    return desks()


async def set_programme(matching: Stage, **changes: Any) -> None:
    async with matching.runtime.begin() as tx:
        await Programmes(tx.connection).set("national", Changes(**changes))


async def settle(matching: Stage, keeper: RoundKeeper, *mentors: Any) -> None:
    """A published round that put two together and left one waiting; nothing else is due."""
    for event in (request(), request(level="primary"), *mentors):
        await matching.handle(event)
    assert await keeper.step()
    assert len(await pairs_told(matching)) == 1
    assert not await keeper.step()
    matching.clock.advance(minutes=1)


async def arrivals(matching: Stage) -> list[asyncpg.Record]:
    return list(await matching.pool.fetch("SELECT * FROM arrivals ORDER BY arrival_id"))


async def waiting(matching: Stage) -> int:
    count: int = await matching.pool.fetchval(
        "SELECT count(*) FROM requests WHERE state = 'waiting'"
    )
    return count


async def test_a_newcomer_gets_the_best_place_without_another_round(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk
) -> None:
    await settle(matching, keeper, mentor(), mentor())
    asked = request()
    await matching.handle(asked)

    assert not await keeper.step(), "an answer is tried first"
    assert await desk.step()

    proposed, confirmed = await matching.emitted()
    assert isinstance(proposed, PairProposed)
    assert isinstance(confirmed, PairConfirmed)
    kept = await last_round(matching)
    assert (proposed.request_id, proposed.round_id) == (asked.request_id, kept["round_id"])
    assert await taken(matching, proposed.mentor_id) == 1
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
    assert not await keeper.step()
    assert not await desk.step()
    assert len(await rounds(matching)) == 1


async def test_the_score_decides_as_in_a_round(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk
) -> None:
    other = {"levels": ("bac3_plus",)}
    half, whole = mentor(), mentor(offers=("job", "interview"))
    await matching.handle(request(level="bac3_plus"))
    for event in (mentor(**other), half, whole):
        await matching.handle(event)
    assert await keeper.step()
    await matching.emitted()
    asked = request()
    await matching.handle(asked)

    assert await desk.step()
    (pair,) = await pairs_told(matching)
    assert pair.mentor_id == whole.mentor_id


async def test_two_hundred_come_at_once_for_one_place(
    matching: Stage, keepers: Keepers, desks: Desks
) -> None:
    """Several replicas answer: one gets it, the others wait for the round."""
    await settle(matching, keepers(), mentor(capacity=2))
    asked = [request() for _ in range(200)]
    await asyncio.gather(*(matching.handle(one) for one in asked))

    await asyncio.gather(*(answer_all(matching, desks()) for _ in range(4)))

    (pair,) = await pairs_told(matching)
    assert await taken(matching, pair.mentor_id) == 2
    assert await waiting(matching) == 199 + 1
    assert Counter(row["pair_id"] is not None for row in await arrivals(matching)) == {
        True: 1,
        False: 199,
    }
    assert not await keepers().step(), "nobody has a place: no round has anything to give"
    await matching.handle(mentor(capacity=20))
    assert await keepers().step()
    assert len(await pairs_told(matching)) == 20
    assert (await last_round(matching))["waiting"] == 200


async def answer_all(matching: Stage, desk: ArrivalDesk) -> None:
    """One replica at work until everybody was looked at."""
    while len(await arrivals(matching)) < 200:
        await desk.step()


async def test_rounds_and_answers_at_once_give_no_place_twice(
    matching: Stage, keepers: Keepers, desks: Desks
) -> None:
    """Newcomers, new mentors, another pool, rounds and answers, all at the same time."""
    await settle(matching, keepers(), *(mentor(capacity=3) for _ in range(10)))
    people = [request("other" if n % 6 == 0 else "national") for n in range(60)]
    replicas = [*(desks().step for _ in range(3)), *(keepers().step for _ in range(2))]
    for coming in (people, [mentor() for _ in range(5)]):
        await asyncio.gather(
            *(matching.handle(one) for one in coming),
            *(at_work(matching, step) for step in replicas),
        )
    matching.clock.advance(hours=2)
    await asyncio.gather(*(at_work(matching, step) for step in replicas))

    told = await pairs_told(matching)
    assert len({pair.request_id for pair in told}) == len(told) == 10 * 3 - 1 + 5
    assert len(told) + await waiting(matching) == 60 + 1
    assert await ledger(matching) == IN_ORDER
    assert any(row["pair_id"] for row in await arrivals(matching))


async def at_work(matching: Stage, step: Callable[[], Awaitable[bool]]) -> None:
    """One replica for a while, and time goes on."""
    for _ in range(40):
        matching.clock.advance(seconds=1)
        if not await step():
            await asyncio.sleep(0.02)


async def test_an_association_stays_within_its_cap(
    matching: Stage, keepers: Keepers, desks: Desks
) -> None:
    """What the round made of it counts, and what others answered."""
    await matching.pool.execute("INSERT INTO association_caps VALUES ('tandem_avenir', 3)")
    await settle(matching, keepers(), mentor("tandem_avenir", capacity=9))
    first, second = desks(), desks()
    for one in (first, second):
        await one.step()
    for _ in range(6):
        await matching.handle(request())
        await asyncio.gather(first.step(), second.step())
    assert len(await pairs_told(matching)) == 2
    assert [row["association"] for row in await arrivals(matching) if row["pair_id"]] == [
        "tandem_avenir",
        "tandem_avenir",
    ]


async def test_who_joined_since_is_left_to_the_round(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk
) -> None:
    await settle(matching, keeper, mentor())
    new, asked = mentor(), request()
    for event in (new, asked):
        await matching.handle(event)
    assert await desk.step()
    assert await matching.emitted() == []
    assert await keeper.step()
    (pair,) = await pairs_told(matching)
    assert (pair.request_id, pair.mentor_id) == (asked.request_id, new.mentor_id)


async def test_a_place_that_another_pool_took_is_not_given(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk
) -> None:
    """This replica remembers the place as open."""
    await settle(matching, keeper, mentor(), mentor())
    assert not await desk.step()
    await matching.handle(request("other"))
    assert await keeper.step()
    assert len(await pairs_told(matching)) == 1
    asked = request()
    await matching.handle(asked)

    await desk.step()
    await desk.step()

    assert await matching.emitted() == []
    assert [row["pair_id"] for row in await arrivals(matching)] == [None]
    assert await state_of(matching, asked.request_id) == "waiting"


async def test_no_answer_while_a_round_is_on_its_way(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk
) -> None:
    await settle(matching, keeper, mentor(), mentor())
    await matching.handle(mentor())
    assert await keeper.ask()
    await matching.handle(request())
    assert not await desk.step()
    claimed = await keeper.claim()
    assert claimed is not None
    await keeper.hold(claimed)
    assert await desk.step()
    assert len(await pairs_told(matching)) == 1


@pytest.mark.parametrize("change", ["cap", "policy", "dropped"])
async def test_what_changed_since_is_for_the_round(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk, change: str
) -> None:
    await settle(matching, keeper, mentor(), mentor())
    if change == "dropped":
        await matching.pool.execute("UPDATE rounds SET dropped = 1")
    elif change == "policy":
        await set_programme(matching, answer_days=9)
    else:
        await matching.pool.execute("INSERT INTO association_caps VALUES ('tandem_avenir', 3)")
    await matching.handle(request())
    assert not await desk.step()
    assert await keeper.step()
    assert len(await pairs_told(matching)) == 1


async def test_when_nobody_answers_a_round_does(matching: Stage, keeper: RoundKeeper) -> None:
    """No replica answers, for whatever reason: after a minute a round is due."""
    await settle(matching, keeper, mentor(), mentor())
    await matching.handle(request())
    assert not await keeper.step()
    await matching.pool.execute("UPDATE requests SET heard_at = now() - interval '61 s'")
    assert await keeper.step()
    assert len(await pairs_told(matching)) == 1


@pytest.mark.parametrize("large", [5])
async def test_a_small_pool_has_a_round(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk
) -> None:
    """Four people took part in the last one."""
    await settle(matching, keeper, mentor(), mentor())
    await matching.handle(request())
    assert not await desk.step()
    assert await keeper.step()
    assert len(await pairs_told(matching)) == 1


async def test_both_sides_are_asked_where_the_programme_asks(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk
) -> None:
    """A no lets both wait; the newcomer gets another place, never the same again."""
    await set_programme(matching, mode="proposal")
    for event in (request(), mentor(), mentor(), mentor()):
        await matching.handle(event)
    assert await keeper.step()
    await matching.emitted()
    asked = request()
    await matching.handle(asked)
    assert await desk.step()
    told = await matching.emitted()
    (first,) = [fact for fact in told if isinstance(fact, PairProposed)]
    assert first.answer_until is not None
    assert sum(isinstance(fact, AnswerAsked) for fact in told) == 2

    await answer(matching, pages(matching, told)["mentee"], "declined")
    assert await state_of(matching, asked.request_id) == "waiting"
    await matching.emitted()
    assert await desk.step()
    (second,) = [fact for fact in await matching.emitted() if isinstance(fact, PairProposed)]
    assert second.request_id == asked.request_id
    assert second.mentor_id != first.mentor_id


async def test_the_next_round_takes_it_into_account_and_is_proved(
    matching: Stage, keeper: RoundKeeper, desk: ArrivalDesk, tmp_path: Path
) -> None:
    await settle(matching, keeper, mentor(capacity=2), mentor(levels=("bac3_plus",)))
    asked = request()
    await matching.handle(asked)
    assert await desk.step()
    await pairs_told(matching)

    matching.clock.advance(hours=2)
    assert await keeper.step(), "what they left is looked at again"
    matching.clock.advance(hours=2)
    assert not await keeper.step(), "once"

    assert await pairs_told(matching) == []
    kept = await last_round(matching)
    assert (kept["state"], kept["waiting"], kept["mentors"], kept["gap"]) == ("published", 1, 1, 0)
    out = tmp_path / "out"
    told = await run(rounds_command, "export", str(kept["round_id"]), "--to", out)
    day = told.partition("--at ")[2][:10]
    sides = [out / "mentees.csv", out / "mentors.csv", out / "pairs.csv"]
    terms = ["--certificate", out / "certificate.json", "--associations", out / "associations.csv"]
    terms += ["--past", out / "past.csv", "--policy", out / "policy.toml", "--at", day]
    assert "Vérifié" in await run(verify, *sides, *terms)


async def test_the_worker_answers_by_itself(matching: Stage, keeper: RoundKeeper) -> None:
    await settle(matching, keeper, mentor(), mentor())
    working = asyncio.create_task(answer_arrivals(matching.runtime))
    asked = request()
    await matching.handle(asked)

    async def answered() -> bool:
        return await state_of(matching, asked.request_id) == "paired"

    await until(answered)
    matching.runtime.stopping.set()
    await working
