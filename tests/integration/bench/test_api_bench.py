"""The whole benchmark of the API on twenty registrations."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bench")]

BINOME = str(Path(sys.executable).with_name("binome"))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command wrote."""
    target = tmp_path_factory.mktemp("bench") / "bench.json"
    command = [BINOME, "bench", "api", "--registrations", "20", "--json", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "| bare insert |" in done.stdout
    content: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return content


def test_everybody_is_accepted_by_both_ways(report: dict[str, Any]) -> None:
    assert {row["way"]: (row["registrations"], row["refused"]) for row in report["ways"]} == {
        "binome": (20, 0),
        "bare": (20, 0),
    }


def test_time_and_work_are_measured(report: dict[str, Any]) -> None:
    assert report["rate"] == pytest.approx(20 / report["seconds"], rel=0.1)
    assert 0 < report["p50_ms"] <= report["p95_ms"] <= report["p99_ms"]
    assert report["cpu_by_process"]["registration"] > 0
    assert report["share_of_bare"] > 0
