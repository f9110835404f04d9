"""A mentor leaves, a person is erased: their pairs are undone and they are in no pool any more."""

from pathlib import Path
from uuid import UUID

import pytest

from deploy.cli.match import verify
from deploy.cli.rounds import rounds
from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import ErasureDone, MentorLeft, PairConfirmed, PairUndone, PersonErased
from shared.contracts.held import HELD_QUEUES, HeldAsked
from shared.contracts.types import Side
from tests.integration.matching.people import SINCE, end_of, mentor, request
from tests.integration.matching.stored_pairs import pairs_told, state_of
from tests.integration.matching.test_export import run
from tests.support.service_harness import ServiceHarness


@pytest.fixture
async def pair(matching: ServiceHarness, runner: RoundRunner) -> PairConfirmed:
    """A pair made by a round, of a mentor with two places."""
    await matching.handle(request())
    await matching.handle(mentor(capacity=2))
    await runner.step()
    (made,) = await pairs_told(matching)
    return made


async def erase(matching: ServiceHarness, person_id: UUID, side: Side) -> None:
    """Everything that matching does, the clock's part too."""
    await matching.handle(PersonErased(person_id=person_id, side=side))
    await matching.fire_due()


async def everything(matching: ServiceHarness) -> str:
    """Every row of every table, but for what is not kept: outbox messages and timers."""
    names = await matching.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = []
    for (name,) in names:
        if name not in ("outbox", "timers", "inbox", "gone_people"):
            found = await matching.pool.fetch(f'SELECT t::text FROM "{name}" t')
            rows += [row[0] for row in found]
    return "\n".join(rows)


async def test_whoever_was_with_a_mentor_who_left_waits_again_with_the_old_date(
    matching: ServiceHarness, pair: PairConfirmed, runner: RoundRunner
) -> None:
    await matching.handle(MentorLeft(mentor_id=pair.mentor_id, reason="left"))
    assert await state_of(matching, pair.request_id) == "waiting"
    assert await matching.pool.fetchval("SELECT since FROM requests") == SINCE
    (undone,) = await matching.take_events()
    assert isinstance(undone, PairUndone)
    assert (undone.pair_id, undone.reason) == (pair.pair_id, "mentor_left")

    other = mentor()
    await matching.handle(other)
    matching.clock.advance(days=1)
    await runner.step()
    (again,) = await pairs_told(matching)
    assert again.mentor_id == other.mentor_id


async def test_a_mentor_who_left_is_given_nobody(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    offered = mentor(capacity=3)
    await matching.handle(offered)
    await matching.handle(MentorLeft(mentor_id=offered.mentor_id, reason="left"))
    await matching.handle(request())
    await runner.step()
    assert await pairs_told(matching) == []


async def test_leaving_twice_is_leaving_once(matching: ServiceHarness, pair: PairConfirmed) -> None:
    left = MentorLeft(mentor_id=pair.mentor_id, reason="left")
    await matching.handle(left)
    await matching.take_events()
    await matching.handle(left)
    assert await matching.take_events() == []


async def test_the_end_of_an_engagement_whose_mentor_left_closes_no_request(
    matching: ServiceHarness, pair: PairConfirmed
) -> None:
    end = end_of(pair, left="mentor")
    await matching.handle(end)
    await matching.handle(MentorLeft(mentor_id=pair.mentor_id, reason="left"))
    assert await state_of(matching, pair.request_id) == "waiting"


async def test_an_erased_mentee_gives_the_place_back(
    matching: ServiceHarness, pair: PairConfirmed
) -> None:
    await erase(matching, pair.mentee_id, "mentee")
    assert await matching.pool.fetchval("SELECT taken FROM mentors") == 0
    assert not await matching.pool.fetchval("SELECT count(*) FROM requests WHERE state = 'waiting'")
    assert ErasureDone(person_id=pair.mentee_id, service="matching") in await matching.take_events()


async def test_an_erased_mentor_leaves(matching: ServiceHarness, pair: PairConfirmed) -> None:
    await erase(matching, pair.mentor_id, "mentor")
    assert await state_of(matching, pair.request_id) == "waiting"
    assert ErasureDone(person_id=pair.mentor_id, service="matching") in await matching.take_events()


@pytest.mark.parametrize("side", ["mentee", "mentor"])
async def test_a_round_of_somebody_erased_still_holds(
    matching: ServiceHarness, runner: RoundRunner, tmp_path: Path, side: Side
) -> None:
    for _ in range(4):
        await matching.handle(request(publics=("ase",)))
        await matching.handle(mentor())
    await runner.step()
    pair = (await pairs_told(matching))[0]
    before = await matching.pool.fetchrow("SELECT pairs, score, waiting, mentors FROM rounds")
    erased = {"mentee": (pair.mentee_id, pair.request_id), "mentor": (pair.mentor_id,)}[side]

    await erase(matching, erased[0], side)

    text = await everything(matching)
    for one in erased:
        assert str(one) not in text
    after = await matching.fetch_row("SELECT pairs, score, waiting, mentors FROM rounds")
    assert before == after
    assert await matching.pool.fetchval("SELECT count(*) FROM pairs") == after["pairs"]
    round_id = str(await matching.pool.fetchval("SELECT round_id FROM rounds"))
    out = tmp_path / "round"
    await run(rounds, "export", round_id, "--to", out)
    files = [out / name for name in ("mentees.csv", "mentors.csv", "pairs.csv")]
    terms = ["--policy", out / "policy.toml", "--at", "2026-01-10"]
    output = await run(verify, *files, "--certificate", out / "certificate.json", *terms)
    assert "Vérifié" in output


async def test_a_round_on_its_way_is_waited_for(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked = request()
    await matching.handle(asked)
    await matching.handle(mentor())
    assert await runner.ask()
    await erase(matching, asked.mentee_id, "mentee")
    assert not [event for event in await matching.take_events() if isinstance(event, ErasureDone)]
    claimed = await runner.claim()
    assert claimed is not None
    await runner.hold(claimed)
    matching.clock.advance(seconds=60)
    await matching.fire_due()
    assert (
        ErasureDone(person_id=asked.mentee_id, service="matching") in await matching.take_events()
    )
    assert str(asked.request_id) not in await everything(matching)
    assert await matching.pool.fetchval("SELECT pairs FROM rounds") == 0


async def test_a_late_event_about_who_was_erased_or_left_is_not_kept(
    matching: ServiceHarness,
) -> None:
    asked, offered, left = request(), mentor(), mentor()
    await erase(matching, asked.mentee_id, "mentee")
    await erase(matching, offered.mentor_id, "mentor")
    await matching.handle(MentorLeft(mentor_id=left.mentor_id, reason="left"))
    for late in (asked, offered, left):
        await matching.handle(late)
    for table in ("requests", "mentors"):
        assert await matching.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_a_person_may_see_what_is_held_but_no_hold(
    matching: ServiceHarness, pair: PairConfirmed
) -> None:
    held = request().model_copy(update={"held": True, "apart_from": (pair.mentor_id,)})
    await matching.handle(held)
    asked = HeldAsked(ids=(held.mentee_id, held.request_id))
    tables = (await matching.answer(HELD_QUEUES["matching"], asked)).tables
    assert [*tables] == ["requests"]
    assert tables["requests"][0]["state"] == "waiting"
    mine = HeldAsked(ids=(pair.mentee_id, pair.request_id))
    tables = (await matching.answer(HELD_QUEUES["matching"], mine)).tables
    assert {"requests", "pairs", "explanations"} <= tables.keys()


async def test_a_held_mentor_sees_the_places_they_offered(matching: ServiceHarness) -> None:
    """No reply would show that the mentor exists."""
    held = mentor(capacity=2).model_copy(update={"held": True})
    free = mentor(capacity=2)
    await matching.handle(held)
    await matching.handle(free)
    seen = []
    for one in (held, free):
        asked = HeldAsked(ids=(one.mentor_id,))
        (row,) = (await matching.answer(HELD_QUEUES["matching"], asked)).tables["mentors"]
        seen.append({name: row[name] for name in ("capacity", "taken")})
    assert seen == [{"capacity": 2, "taken": 0}] * 2
