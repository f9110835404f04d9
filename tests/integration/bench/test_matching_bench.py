"""The whole benchmark on a small country, every way in its own process."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from deploy.bench.matching.row import Row

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bench")]

BINOME = str(Path(sys.executable).with_name("binome"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What the command printed, and what it wrote."""
    target = tmp_path_factory.mktemp("bench") / "bench.json"
    sizes = ["--mentees", "120", "--mentors", "120", "--seed", "8"]
    command = [BINOME, "bench", "matching", *sizes, "--json", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(target.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rows(run: tuple[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["way"]: row for row in run[1]["ways"]}


def test_every_way_is_measured(rows: dict[str, dict[str, Any]]) -> None:
    assert list(rows) == ["binome", "verify", "arrival", "pulp", "scipy", "ortools"]
    assert {row["status"] for row in rows.values()} == {"measured"}
    assert [row for row in rows.values() if row["seconds"] <= 0] == []
    assert {
        way: row for way, row in rows.items() if not 0 < row["ready_mb"] <= row["peak_mb"]
    } == {}


def test_the_keys_are_those_that_are_promised(run: tuple[str, dict[str, Any]]) -> None:
    report = run[1]
    assert list(report) == [
        "format",
        "mentees",
        "mentors",
        "seed",
        "permitted",
        "density",
        "limit",
        "machine",
        "ways",
    ]
    assert all(list(row) == [field.name for field in fields(Row)] for row in report["ways"])


def test_our_round_is_proved_and_keeps_every_rule(rows: dict[str, dict[str, Any]]) -> None:
    own = rows["binome"]
    assert own["gap"] <= 1e-6
    assert own["beyond_caps"] == 0
    assert (own["times_seconds"], own["times_memory"]) == (1, 1)
    assert rows["verify"]["proof"] == "verified"


def test_newcomers_are_answered_one_by_one(rows: dict[str, dict[str, Any]]) -> None:
    figures = rows["arrival"]["figures"]
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    assert 0 < figures["found"] < figures["newcomers"]


def test_the_naive_program_agrees(rows: dict[str, dict[str, Any]]) -> None:
    own, naive = rows["binome"], rows["pulp"]
    assert (naive["pairs"], naive["served"]) == (own["pairs"], own["served"])
    assert naive["score"] == pytest.approx(own["score"], rel=1e-4)


def test_the_flow_finds_our_round_without_its_floor(rows: dict[str, dict[str, Any]]) -> None:
    own, flow = rows["binome"], rows["ortools"]
    assert (flow["pairs"], flow["beyond_caps"]) == (own["pairs"], 0)
    price = own["figures"]["price_of_fairness"]
    assert price > 0
    assert flow["score_difference"] == pytest.approx(price, abs=1e-6 * own["pairs"])


def test_the_assignment_leaves_out_the_caps(rows: dict[str, dict[str, Any]]) -> None:
    own, free = rows["binome"], rows["scipy"]
    assert free["beyond_caps"] > 0
    assert free["pairs"] >= own["pairs"]


def test_all_who_count_the_permitted_pairs_agree(run: tuple[str, dict[str, Any]]) -> None:
    report = run[1]
    counts = {row["permitted"] for row in report["ways"]} - {None}
    assert counts == {report["permitted"]}
    assert report["density"] == pytest.approx(report["permitted"] / 120**2)


def test_it_ends_with_a_table_for_the_readme(run: tuple[str, dict[str, Any]]) -> None:
    printed = run[0].rstrip().splitlines()
    assert printed[-8].startswith("| way | seconds |")
    assert printed[-1].startswith("| OR-Tools, min-cost flow |")


@pytest.mark.parametrize("way", ["ortools", "scipy"])
def test_a_reference_shares_no_process_with_our_solver(way: str) -> None:
    code = (
        "import sys; from deploy.bench.matching.solvers import SOLVERS; "
        f"SOLVERS[{way!r}].load(); sys.exit(bool({{'pulp', 'highspy'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
