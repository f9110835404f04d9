"""A process is ours only if number and birth agree."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.devstack import processes
from deploy.devstack.ports import free_port
from deploy.devstack.processes import ProcessId

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[ProcessId]:
    mark = processes.spawn(["sleep", "600"], log=tmp_path / "log", env=os.environ, cwd=tmp_path)
    yield mark
    processes.end(mark)


def test_a_recycled_number_is_never_signalled(sleeper: ProcessId) -> None:
    recycled = ProcessId(sleeper.pid, born="another moment")
    assert not recycled.alive()
    recycled.send(signal.SIGKILL)
    processes.end(recycled)
    processes.kill([recycled])
    assert sleeper.alive()


def test_asking_is_enough_for_a_polite_process(sleeper: ProcessId) -> None:
    processes.end(sleeper)
    assert not sleeper.alive()


def test_a_process_that_ignores_us_is_killed_with_its_children(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", STUBBORN]
    mark = processes.spawn(command, log=log, env=os.environ, cwd=tmp_path)
    while not (output := log.read_text().strip()):
        assert mark.alive()
    child = next(member for member in processes.family(mark) if member.pid == int(output))
    processes.end(mark, patience=0.2)
    assert not mark.alive()
    assert not child.alive()


def test_ports_chosen_together_differ() -> None:
    assert len({free_port() for _ in range(50)}) == 50
