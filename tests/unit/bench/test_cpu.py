"""CPU seconds of real processes, their children included."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.bench.cpu import CpuMeter, cpu_seconds
from deploy.devstack.processes import ProcessId

LEAST = 0.25
"""Of 0.3 s: the kernel counts in hundredths, user and system time apart."""
WORK = "import time\nwhile time.process_time() < 0.3: pass\n"
SELF = f"{WORK}print('done', flush=True)\ninput()"
CHILD = (
    "import subprocess, sys\n"
    f"subprocess.run([sys.executable, '-c', {WORK!r}], check=True)\n"
    "print('done', flush=True)\ninput()"
)


def start(code: str) -> tuple[subprocess.Popen[str], ProcessId]:
    """A process that has done its work and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "done\n"
    found = ProcessId.of(process.pid)
    assert found is not None
    return process, found


@pytest.mark.parametrize("code", [SELF, CHILD])
def test_work_counts_wherever_it_was_done(code: str) -> None:
    process, found = start(code)
    assert cpu_seconds(found) >= LEAST
    process.communicate("\n")
    assert cpu_seconds(found) == 0


def test_only_what_follows_the_start_counts() -> None:
    process, found = start(SELF)
    meter = CpuMeter({"worker": [found]})
    meter.start()
    assert meter.read()["worker"] < LEAST
    process.communicate("\n")


def test_what_a_killed_process_spent_is_kept() -> None:
    old_process, old = start(SELF)
    meter = CpuMeter({"worker": []})
    meter.start()
    meter.add("worker", old)
    meter.keep("worker", old)
    old_process.kill()
    old_process.communicate()
    new_process, new = start(SELF)
    meter.add("worker", new)
    assert meter.read()["worker"] >= 2 * LEAST
    new_process.communicate("\n")


def test_a_command_with_brackets_in_its_name_is_read(tmp_path: Path) -> None:
    process, found = start(SELF)
    stat = tmp_path / str(found.pid) / "stat"
    stat.parent.mkdir()
    stat.write_text(f"{found.pid} (a) (b) S " + " ".join(["0"] * 10 + ["100", "50", "7", "3"]))
    assert cpu_seconds(found, tmp_path) == pytest.approx(1.6)
    process.communicate("\n")
