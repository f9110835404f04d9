"""Programmes are data: their policy, their cadence, the caps of associations."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from deploy.cli.main import app
from services.matching.domain.policy import policy_data, policy_from
from services.matching.domain.programme import Changes
from services.matching.engine.solve import solve
from services.matching.gateways.certificate_file import certificate_data
from services.matching.store import Programmes
from services.matching.store.snapshot import round_input
from services.matching.use_cases.run_rounds import RoundRunner
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import last_round, pairs_told, rounds
from tests.support.service_harness import ServiceHarness

Run = Callable[..., Awaitable[Result]]
LOCAL = """version = "2026-local"
[weights]
needs = 0.1
sectors = 0.1
slots = 0.1
proximity = 0.6
waiting = 0.1
"""


@pytest.fixture
def run(matching: ServiceHarness) -> Run:
    async def programme(*arguments: object) -> Result:
        words = ["programme", *(str(one) for one in arguments)]
        return await asyncio.to_thread(CliRunner().invoke, app, words)

    return programme


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "locale.toml"
    file.write_text(LOCAL)
    return file


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The same version, another content."""
    file = tmp_path / "autre.toml"
    file.write_text(f"min_score = 0.5\n{LOCAL}")
    return file


async def set_programme(matching: ServiceHarness, code: str = "national", **changes: Any) -> None:
    async with matching.runtime.begin() as tx:
        await Programmes(tx.connection).set(code, Changes(**changes))


async def cap(matching: ServiceHarness, association: str, most: int | None) -> None:
    async with matching.runtime.begin() as tx:
        await Programmes(tx.connection).cap(association, most)


async def people_come(matching: ServiceHarness, *people: Any) -> None:
    for person in people:
        await matching.handle(person)


async def test_a_programme_is_set_listed_and_used(
    matching: ServiceHarness, runner: RoundRunner, run: Run, policy: Path
) -> None:
    done = await run("set", "rural", "--policy", policy, "--cadence", "day")
    assert (done.exit_code, done.output) == (
        0,
        "rural : mode automatic, cadence day, politique 2026-local\n",
    )
    await people_come(matching, request("rural"), request(), mentor(capacity=2))
    assert "national : mode automatic, cadence réglage" in (await run("list")).output
    while await runner.step():
        pass
    used = {row["programme"]: row["policy"]["version"] for row in await rounds(matching)}
    assert used == {"rural": "2026-local", "national": "default"}
    stored = next(row for row in await rounds(matching) if row["programme"] == "rural")
    assert policy_data(policy_from(stored["policy"])) == stored["policy"]
    assert stored["policy"]["weights"]["proximity"] == 0.6


async def test_a_programme_that_asks_has_a_deadline(matching: ServiceHarness, run: Run) -> None:
    assert (
        "mode proposal (réponse sous 7 jours)"
        in (await run("set", "rural", "--mode", "proposal")).output
    )
    assert (
        "mode proposal (réponse sous 14 jours)"
        in (await run("set", "rural", "--answer-days", 14)).output
    )
    assert "mode automatic, cadence" in (await run("set", "rural", "--mode", "automatic")).output
    assert "sous 14 jours" in (await run("set", "rural", "--mode", "proposal")).output, "kept"


async def test_a_version_never_changes_its_content(
    matching: ServiceHarness, run: Run, policy: Path, other: Path
) -> None:
    assert (await run("set", "rural", "--policy", policy)).exit_code == 0
    assert (await run("set", "outre-mer", "--policy", policy)).exit_code == 0, "the same again"

    refused = await run("set", "rural", "--policy", other, "--cadence", "minute")

    assert refused.exit_code != 0
    assert "2026-local" in str(refused.exception)
    assert str(other) in str(refused.exception)
    row = await matching.pool.fetchrow("SELECT * FROM programmes WHERE code = 'rural'")
    assert row is not None
    assert row["cadence"] is None, "nothing was changed"
    assert await matching.pool.fetchval("SELECT count(*) FROM policies") == 1
    with pytest.raises(asyncpg.RaiseError):
        await matching.pool.execute("DELETE FROM policies")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("set", "rural", "--cadence", "hourly"), "--cadence"),
        (("set", "rural", "--mode", "lottery"), "--mode"),
        (("set", "rural", "--mode", "proposal", "--answer-days", "3"), "--answer-days"),
        (("set", "Rural !"), "Rural !"),
        (("set", "rural", "--policy", "no-such-file.toml"), "no-such-file.toml"),
        (("cap", "nobody_knows_it", "3"), "nobody_knows_it"),
        (("cap", "tandem_avenir"), "--none"),
        (("cap", "tandem_avenir", "3", "--none"), "--none"),
    ],
)
async def test_bad_input_is_refused_and_changes_nothing(
    matching: ServiceHarness, run: Run, arguments: tuple[str, ...], named: str
) -> None:
    refused = await run(*arguments)
    assert refused.exit_code != 0
    assert named in str(refused.exception)
    for table in ("programmes", "policies", "association_caps"):
        assert await matching.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_on_arrival_each_change_calls_a_round(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await set_programme(matching, cadence="arrival")
    await people_come(matching, request(), mentor(capacity=5))
    for _ in range(3):
        assert await runner.step()
        assert not await runner.step(), "nothing new"
        await matching.handle(request())
    assert len(await rounds(matching)) == 3


async def test_every_minute(matching: ServiceHarness, runner: RoundRunner) -> None:
    await set_programme(matching, cadence="minute")
    await people_come(matching, request(), mentor(capacity=5))
    assert await runner.step()
    await matching.handle(request())
    matching.clock.advance(seconds=59)
    assert not await runner.step()
    matching.clock.advance(seconds=1)
    assert await runner.step()


async def test_once_a_calendar_day_in_paris(matching: ServiceHarness, runner: RoundRunner) -> None:
    """It is 10 o'clock there, and 9 in Greenwich."""
    await set_programme(matching, cadence="day")
    await people_come(matching, request(), mentor(capacity=5))
    assert await runner.step()
    await matching.handle(request())
    matching.clock.advance(hours=13, minutes=59)
    assert not await runner.step()
    matching.clock.advance(minutes=1)
    assert await runner.step(), "midnight in Paris, 23 o'clock in Greenwich"
    assert [row["held_on"].day for row in await rounds(matching)] == [10, 11]


async def test_a_programme_of_selection_is_left_to_its_establishment(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await set_programme(matching, mode="selection")
    await people_come(matching, request(), mentor())
    assert not await runner.step()
    await set_programme(matching, mode="automatic")
    assert await runner.step()


async def test_a_new_policy_calls_a_round(matching: ServiceHarness, runner: RoundRunner) -> None:
    await people_come(matching, request(level="primary"), mentor())
    assert await runner.step()
    matching.clock.advance(hours=2)
    assert not await runner.step()
    await set_programme(matching, policy=policy_from({"version": "2026-b", "min_score": 0.2}))
    assert await runner.step()
    assert (await last_round(matching))["policy"]["version"] == "2026-b"


async def test_a_cap_holds_and_the_rest_comes_with_the_next_rounds(
    matching: ServiceHarness, runner: RoundRunner, run: Run
) -> None:
    assert (await run("cap", "tandem_avenir", 2)).exit_code == 0
    assert "tandem_avenir : 2" in (await run("list")).output
    await people_come(matching, *(request() for _ in range(5)), mentor("tandem_avenir", capacity=5))
    for made in (2, 2, 1):
        assert await runner.step()
        assert len(await pairs_told(matching)) == made
        assert not await runner.step()
        matching.clock.advance(hours=2)
    assert not await runner.step()


async def test_a_cap_taken_away_calls_a_round(
    matching: ServiceHarness, runner: RoundRunner, run: Run
) -> None:
    await cap(matching, "tandem_avenir", 0)
    await people_come(matching, request(), mentor("tandem_avenir"))
    assert await runner.step()
    matching.clock.advance(hours=2)
    assert not await runner.step(), "a cap of none leaves nothing for a next round"
    assert (await run("cap", "tandem_avenir", "--none")).exit_code == 0
    assert await runner.step()
    assert len(await pairs_told(matching)) == 1


async def test_on_arrival_a_capped_pool_waits_for_its_turn(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await set_programme(matching, cadence="arrival")
    await cap(matching, "tandem_avenir", 1)
    await people_come(matching, request(), request(), mentor("tandem_avenir", capacity=2))
    assert await runner.step()
    assert not await runner.step()
    matching.clock.advance(hours=1)
    assert await runner.step()


async def test_a_round_is_run_again_bit_for_bit_from_what_was_stored(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    """Caps, past pairs, policy and day are stored with the people."""
    await set_programme(
        matching,
        policy=policy_from({"version": "2026-floor", "floors": [{"public": "qpv", "share": 0.3}]}),
    )
    await cap(matching, "tandem_avenir", 3)
    people = [request(publics=("qpv",) * (n % 2), slots=("wed_pm", "sat_am")) for n in range(12)]
    await people_come(matching, *people, *(mentor("tandem_avenir") for _ in range(6)))
    await people_come(matching, *(mentor(offers=("interview",)) for _ in range(3)))
    await runner.step()
    await cap(matching, "tandem_avenir", 1)
    stored = await last_round(matching)
    text = await matching.pool.fetchval(
        "SELECT inputs::text FROM rounds WHERE round_id = $1", stored["round_id"]
    )

    given = round_input(text, stored["policy"], stored["held_on"])
    again = solve(given)

    assert given.caps == {"tandem_avenir": 3}
    assert len(stored["result"]) == 6
    made = [
        (pair.mentee_id, pair.mentor_id, pair.score, pair.components.by_name())
        for pair in again.pairs
    ]
    assert made == [
        (one["request_id"], one["mentor_id"], one["score"], one["components"])
        for one in stored["result"]
    ]
    assert certificate_data(again.certificate) == stored["certificate"]
