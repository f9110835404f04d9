"""A stored round leaves as files, is held again from them, checked, and tried otherwise."""

import asyncio
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli.match import match, verify
from deploy.cli.rounds import rounds
from services.matching.use_cases.run_rounds import RoundRunner
from shared.service.user_error import UserError
from tests.integration.matching.people import end_of, mentor, request
from tests.integration.matching.stored_pairs import last_round, pairs_told
from tests.support.service_harness import ServiceHarness

POLICY = {
    "version": 'égale "2"',
    "minor_mentors": "supervised",
    "weights": {"needs": 0.3, "sectors": 0.2, "slots": 0.1, "proximity": 0.1, "waiting": 0.3},
    "floors": [{"public": "ase", "share": 0.34}, {"public": "qpv", "share": 0.5}],
}
OTHER = """
version = "autre"
minor_mentors = "supervised"
[weights]
needs = 0.1
sectors = 0.1
slots = 0.1
proximity = 0.6
waiting = 0.1
[[floors]]
public = "rural"
share = 0.4
"""

Command = Callable[..., Any] | typer.Typer


async def people(
    matching: ServiceHarness, drawn: random.Random, mentees: int, mentors: int
) -> None:
    """Invented people who differ in every column of a file."""
    for _ in range(mentees):
        department = drawn.choice(("69", "01"))
        await matching.handle(
            request(
                needs=drawn.sample(("job", "interview", "schoolwork"), drawn.randint(1, 3)),
                department=department,
                commune=drawn.choice((None, f"{department}001")),
                languages=drawn.choice((("fr",), ("fr", "ar"))),
                sectors=drawn.choice(((), ("health",))),
                remote=drawn.random() < 0.7,
                publics=drawn.sample(("ase", "qpv", "rural"), drawn.randint(0, 2)),
                birth_year=drawn.choice((None, 2009)),
            )
        )
    for _ in range(mentors):
        offered: dict[str, Any] = {"department": drawn.choice(("69", "01"))}
        offered |= {"offers": drawn.sample(("job", "interview", "network"), 2)}
        offered |= {"capacity": drawn.randint(1, 3), "cleared": drawn.random() < 0.8}
        offered |= {"cleared_until": drawn.choice((None, "2026-01-01", "2030-01-01"))}
        offered |= {"birth_year": drawn.choice((None, None, 2009))}
        await matching.handle(mentor(drawn.choice((None, "tandem_avenir")), **offered))


async def hold(matching: ServiceHarness, runner: RoundRunner, policy: object = None) -> str:
    """One more round, under a policy of its own; its id."""
    assert await runner.ask()
    if policy is not None:
        await matching.pool.execute("UPDATE rounds SET policy = $1 WHERE state = 'queued'", policy)
    claimed = await runner.claim()
    assert claimed is not None
    await runner.hold(claimed)
    return str(claimed.round_id)


async def run(command: Command, *words: object) -> str:
    """Run a command in a thread, with an event loop of its own; its output."""
    if isinstance(command, typer.Typer):
        app = command
    else:
        app = typer.Typer()
        app.command()(command)
    result = await asyncio.to_thread(CliRunner().invoke, app, [str(word) for word in words])
    if isinstance(result.exception, UserError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.output)


@pytest.fixture
async def held(matching: ServiceHarness, runner: RoundRunner) -> str:
    """A second round, so that there are past pairs, with floors."""
    await matching.pool.execute("INSERT INTO association_caps VALUES ('tandem_avenir', 4)")
    drawn = random.Random(7)
    await people(matching, drawn, 8, 3)
    await hold(matching, runner)
    for pair in (await pairs_told(matching))[:2]:
        await matching.handle(end_of(pair))
        again = request().model_copy(update={"mentee_id": pair.mentee_id})
        await matching.handle(again)
    await people(matching, drawn, 14, 6)
    matching.clock.advance(hours=2)
    return await hold(matching, runner, POLICY)


async def test_the_files_give_the_same_round_again(
    matching: ServiceHarness, held: str, tmp_path: Path
) -> None:
    exported = await run(rounds, "export", held, "--to", tmp_path / "out")
    assert "--at 2026-01-10" in exported
    out = tmp_path / "out"
    assert len((out / "past.csv").read_text().splitlines()) > 1
    assert "tandem_avenir,4" in (out / "associations.csv").read_text()
    files = ["mentees.csv", "mentors.csv"]
    terms = ["--associations", out / "associations.csv", "--past", out / "past.csv"]
    terms += ["--policy", out / "policy.toml", "--at", "2026-01-10"]
    sides = [out / name for name in files]

    again = ("--out", tmp_path / "again.csv", "--certificate", tmp_path / "again.json")
    await run(match, *sides, *again, *terms)

    assert (tmp_path / "again.csv").read_bytes() == (out / "pairs.csv").read_bytes()
    first, second = (
        json.loads(path.read_bytes())
        for path in (out / "certificate.json", tmp_path / "again.json")
    )
    assert first == second
    verified = await run(
        verify, *sides, out / "pairs.csv", "--certificate", out / "certificate.json", *terms
    )
    assert "Vérifié" in verified


async def test_nothing_but_ids_and_criteria_leaves(
    matching: ServiceHarness, held: str, tmp_path: Path
) -> None:
    await run(rounds, "export", held[:8], "--to", tmp_path)
    rows = (tmp_path / "mentees.csv").read_text().splitlines()
    born = [row.split(",")[rows[0].split(",").index("born")] for row in rows[1:]]
    assert set(born) == {"", "2009"}, "a year is all that was known"
    stored = await last_round(matching)
    assert len(rows) == stored["waiting"] + 1


async def test_the_list_names_rounds(matching: ServiceHarness, held: str) -> None:
    listed = json.loads(await run(rounds, "list", "--json"))
    assert listed[0]["round_id"] == held
    assert {line["state"] for line in listed} == {"published"}
    assert held[:8] in await run(rounds, "list", "--number", "1")


async def test_another_policy_is_tried_and_nothing_touched(
    matching: ServiceHarness, held: str, tmp_path: Path
) -> None:
    (tmp_path / "other.toml").write_text(OTHER)
    seen = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t"
    tables = ("rounds", "pairs", "requests", "mentors", "outbox")
    before = [await matching.pool.fetchval(seen.format(table)) for table in tables]

    target = tmp_path / "found.json"
    output = await run(rounds, "try", held, "--policy", tmp_path / "other.toml", "--json", target)

    found = json.loads(target.read_text())
    assert [await matching.pool.fetchval(seen.format(table)) for table in tables] == before
    changes, pairs = found["changes"], found["pairs"]
    assert changes["kept"] + changes["changed"] + changes["lost"] == pairs["before"]
    assert changes["kept"] + changes["changed"] + changes["new"] == pairs["after"]
    assert found["policies"] == {"before": 'égale "2"', "after": "autre"}
    without_floors = found["score"]["after"]["under_after"] + found["price_of_fairness"]["after"]
    assert without_floors >= found["score"]["before"]["under_after"] - 1e-9
    assert found["floors"]["after"][0]["public"] == "rural"
    assert "Rien n'a été modifié" in output
    assert "Prix de l'équité" in output


async def test_what_would_change_is_printed_in_figures(
    matching: ServiceHarness, runner: RoundRunner, tmp_path: Path
) -> None:
    """A mentor from afar who offers everything, or one from here who offers half of it."""
    far = mentor(department="01", offers=("job", "interview"))
    for event in (request(publics=("rural",)), mentor(), far):
        await matching.handle(event)
    await hold(matching, runner, POLICY)
    (tmp_path / "other.toml").write_text(OTHER)
    target = tmp_path / "found.json"
    output = await run(rounds, "try", "last", "--policy", tmp_path / "other.toml", "--json", target)
    found = json.loads(target.read_text())
    assert found["changes"] == {"kept": 0, "changed": 1, "new": 0, "lost": 0}
    before, after = found["score"]["before"], found["score"]["after"]
    assert before["under_before"] > after["under_before"]
    assert before["under_after"] < after["under_after"]
    assert found["served"]["rural"] == {"before": 1, "after": 1}
    assert "0 inchangés, 1 avec un autre mentor, 0 de plus, 0 de moins" in output
    assert "Territoire rural : 1 servis → 1 ; 1 voulus par la politique essayée." in output


async def test_the_same_policy_changes_nothing(
    matching: ServiceHarness, held: str, tmp_path: Path
) -> None:
    await run(rounds, "export", held, "--to", tmp_path / "out")
    target = tmp_path / "found.json"
    policy = tmp_path / "out" / "policy.toml"
    await run(rounds, "try", "last", "--policy", policy, "--json", target)
    found = json.loads(target.read_text())
    kept = found["pairs"]["before"]
    assert found["changes"] == {"kept": kept, "changed": 0, "new": 0, "lost": 0}
    assert found["score"]["before"] == found["score"]["after"]


async def test_what_cannot_be_done_is_refused_with_a_reason(
    matching: ServiceHarness, held: str, tmp_path: Path
) -> None:
    (tmp_path / "something").touch()
    for words, reason in (
        (("export", held, "--to", tmp_path), "pas un dossier vide"),
        (("export", "ffffffff", "--to", tmp_path / "x"), "pas de tournée ffffffff"),
        (("export", "' OR 1", "--to", tmp_path / "x"), "pas de tournée"),
        (("try", held, "--policy", tmp_path / "none.toml"), "n'existe pas"),
    ):
        with pytest.raises(UserError, match=reason):
            await run(rounds, *words)
    assert not (tmp_path / "x").exists()


async def test_people_whom_files_cannot_say_are_not_exported_as_others(
    matching: ServiceHarness, runner: RoundRunner, tmp_path: Path
) -> None:
    """Nobody speaks no language; a file would read an empty cell as French."""
    for event in (request(), request(languages=()), mentor()):
        await matching.handle(event)
    held = await hold(matching, runner)
    with pytest.raises(UserError, match="ne tient pas dans des fichiers"):
        await run(rounds, "export", held, "--to", tmp_path / "out")
    assert not (tmp_path / "out").exists()


async def test_an_open_stack_is_found_without_an_environment(
    matching: ServiceHarness, held: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = os.environ["BINOME_DATABASE_URL"]
    monkeypatch.delenv("BINOME_DATABASE_URL")
    with pytest.raises(UserError, match="rien ne tourne dans"):
        await run(rounds, "list", "--folder", tmp_path)
    state = {"services": {}, "databases": {"matching": url}}
    (tmp_path / "house.json").write_text(json.dumps(state))
    assert held[:8] in await run(rounds, "list", "--folder", tmp_path)


async def test_purged_inputs_are_named(matching: ServiceHarness, held: str, tmp_path: Path) -> None:
    await matching.pool.execute("UPDATE rounds SET inputs = NULL")
    with pytest.raises(UserError, match="plus conservées"):
        await run(rounds, "export", held, "--to", tmp_path / "out")


async def test_a_round_in_hand_gives_its_people_alone(
    matching: ServiceHarness, runner: RoundRunner, tmp_path: Path
) -> None:
    for event in (request(), mentor()):
        await matching.handle(event)
    await runner.ask()
    output = await run(rounds, "export", "last", "--to", tmp_path / "out")
    assert "pas de résultat" in output
    assert not (tmp_path / "out" / "pairs.csv").exists()
    (tmp_path / "other.toml").write_text(OTHER)
    with pytest.raises(UserError, match="pas de résultat à comparer"):
        await run(rounds, "try", "last", "--policy", tmp_path / "other.toml")
