"""However a run ends, nothing it started still runs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.processes import Mark, wait_gone
from deploy.local.servers import private_servers
from tests.integration.local.conftest import running

HOLDER = Path(__file__).with_name("hold_servers.py")
CHECKOUT = Path(__file__).parents[3]
ENDINGS = {
    "interrupted": signal.SIGINT,
    "terminated": signal.SIGTERM,
    "closed": signal.SIGHUP,
    "killed": signal.SIGKILL,
}


class Run:
    """One process that holds private servers; `pids` is everything they consist of."""

    def __init__(self, folder: Path, mode: str) -> None:
        environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
        self.process = subprocess.Popen(
            [sys.executable, str(HOLDER), str(folder), mode],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.pids: list[int] = []

    def wait_started(self) -> None:
        assert self.process.stdout
        self.pids = json.loads(self.process.stdout.readline())

    def end(self, *numbers: signal.Signals) -> int:
        for number in numbers:
            self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture
def many(runs: Path) -> Iterator[dict[str, Run]]:
    """One run for every way to end, all of them up at the same time."""
    started = {name: Run(runs / name, "wait") for name in ENDINGS}
    started["failed"] = Run(runs / "failed", "fail")
    for run in started.values():
        run.wait_started()
    yield started
    for run in started.values():
        run.end(signal.SIGTERM)


def test_nothing_is_left_running(
    many: dict[str, Run], runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(len(run.pids) > 3 for run in many.values())
    # A second Ctrl-C does not cut the stop short.
    assert many["interrupted"].end(signal.SIGINT, signal.SIGINT) != 0
    assert many["terminated"].end(signal.SIGTERM) != 0
    assert many["closed"].end(signal.SIGHUP) != 0
    assert many["failed"].end() == 1
    for name in ("interrupted", "terminated", "closed", "failed"):
        assert running(many[name].pids) == [], name

    orphans = many["killed"]
    orphans.end(signal.SIGKILL)
    assert running(orphans.pids) == orphans.pids
    monkeypatch.setenv("BINOME_AMQP_URL", "amqp://someone@127.0.0.1:1/house")
    monkeypatch.setenv("BINOME_DATABASE_URL", "postgresql://someone@127.0.0.1:1/postgres")
    with private_servers(runs / "next"):
        assert running(orphans.pids) == []
    assert not (runs / "killed" / "broker").exists()
    assert not (runs / "killed" / "postgres").is_symlink()


def test_an_interrupt_while_starting_leaves_nothing(runs: Path) -> None:
    run = Run(runs / "early", "wait")
    record = runs / "early" / "servers.json"
    while not record.exists() or "postgres" not in json.loads(record.read_text())["processes"]:
        assert run.process.poll() is None
    kept = json.loads(record.read_text())["processes"]
    assert run.end(signal.SIGINT) != 0
    assert wait_gone([Mark(**mark) for mark in kept.values()], 1.0)
    assert not record.exists()
