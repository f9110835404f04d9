"""The whole benchmark of the pipeline on twenty registrations."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bench")]

BINOME = str(Path(sys.executable).with_name("binome"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What the command printed, and what it wrote."""
    target = tmp_path_factory.mktemp("bench") / "bench.json"
    size = ["--registrations", "20", "--mails", "2", "--mentors", "0.1", "--present", "100"]
    command = [BINOME, "bench", "pipeline", *size, "--json", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(target.read_text(encoding="utf-8"))


def test_everybody_is_acknowledged_once(run: tuple[str, dict[str, Any]]) -> None:
    written = run[1]
    assert (written["registrations"], written["lost"], written["duplicates"]) == (20, 0, 0)
    assert written["mails"] == 38, "eighteen mentees twice, two mentors once"
    assert written["undecidable"] == 0


def test_time_and_work_are_measured(run: tuple[str, dict[str, Any]]) -> None:
    written = run[1]
    assert written["rate"] == pytest.approx(20 / written["seconds"], rel=0.1)
    assert (
        0 < written["p50_ms"] <= written["p95_ms"] <= written["p99_ms"] <= written["seconds"] * 1000
    )
    spent = written["cpu_by_process"]
    assert {"registration", "notification", "broker", "database"} <= set(spent)
    assert min(spent["registration"], spent["notification"], spent["database"]) > 0


def test_it_ends_with_a_table_for_the_readme(run: tuple[str, dict[str, Any]]) -> None:
    printed = run[0].rstrip().splitlines()
    assert any(line.startswith("| way | a second |") for line in printed)
    assert any(line.startswith("| Binôme |") for line in printed)


def test_the_minimum_does_the_same_in_the_same_run(run: tuple[str, dict[str, Any]]) -> None:
    minimum = next(row for row in run[1]["ways"] if row["way"] == "minimum")
    assert (minimum["mails"], minimum["lost"], minimum["duplicates"]) == (20, 0, 0)
    assert run[1]["share_of_minimum"] == pytest.approx(
        run[1]["rate"] / minimum["rate"], rel=0.01, abs=0.001
    )


def test_people_were_there_before(run: tuple[str, dict[str, Any]]) -> None:
    assert run[1]["present"] == 100
    assert "100 people and requests already there" in run[0]


def test_celery_is_measured_or_said_to_be_missing(run: tuple[str, dict[str, Any]]) -> None:
    celery = next(row for row in run[1]["ways"] if row["way"] == "celery")
    expected = ("measured", 20, 0) if find_spec("celery") else ("not_installed", None, None)
    assert (celery["status"], celery["mails"], celery["lost"]) == expected
