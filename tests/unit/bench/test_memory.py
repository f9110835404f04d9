"""The peak memory of a process does not include that of its parent."""

import subprocess
import sys
from pathlib import Path

from deploy.bench.matching.memory import peak_mb

CODE = "from deploy.bench.matching.memory import peak_mb; {}; print(peak_mb())"


def measure_peak(before: str) -> float:
    command = [sys.executable, "-c", CODE.format(before)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_large_parent_is_not_counted() -> None:
    held = bytearray(200 * 2**20)
    assert measure_peak("pass") < 80
    assert len(held) == 200 * 2**20


def test_what_was_given_back_still_counts() -> None:
    assert measure_peak("held = bytearray(100 * 2**20); del held") > 100


def test_a_system_without_status_file_is_measured_otherwise(tmp_path: Path) -> None:
    status = tmp_path / "status"
    assert peak_mb(status) > 10, "no such file"
    status.write_text("Name:\tpython\n")
    assert peak_mb(status) > 10
