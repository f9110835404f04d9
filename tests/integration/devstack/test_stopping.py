"""However a run ends, nothing it started still runs."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.devstack.servers import private_servers
from tests.integration.devstack.conftest import running
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.resilience

HOLDER = Path(__file__).with_name("hold_servers.py")
CHECKOUT = Path(__file__).parents[3]
GIVEN_BROKER = {"BINOME_AMQP_URL": "amqp://someone@127.0.0.1:1/house"}
"""Runs that need no node of their own to show how they end: a node takes seconds to boot."""


class Run:
    """One process that holds private servers; `pids` is everything they consist of."""

    def __init__(self, folder: Path, mode: str = "wait", **more: str) -> None:
        environment = os.environ | {"PYTHONPATH": str(CHECKOUT)} | more
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

    def interrupt_while_starting(self, record: Path) -> None:
        while "broker" not in self._on_record(record):
            assert self.process.poll() is None
            time.sleep(0.05)
        self.pids = [mark["pid"] for mark in self._on_record(record).values()]
        assert self.end(signal.SIGINT) != 0

    @staticmethod
    def _on_record(record: Path) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(record.read_text() if record.exists() else "{}")
        return dict(found.get("processes", {}))

    def end(self, *numbers: signal.Signals) -> int:
        for number in numbers:
            self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@pytest.fixture
def many(runs: Path) -> Iterator[dict[str, Run]]:
    """One run for every way to end, all of them up at the same time."""
    started = {name: Run(runs / name) for name in ("interrupted", "killed")}
    started |= {name: Run(runs / name, **GIVEN_BROKER) for name in ("terminated", "closed")}
    started["failed"] = Run(runs / "failed", "fail", **GIVEN_BROKER)
    early = Run(runs / "early")
    early.interrupt_while_starting(runs / "early" / "servers.json")
    for run in started.values():
        run.wait_started()
    yield started | {"early": early}
    for run in started.values():
        run.end(signal.SIGTERM)


def test_nothing_is_left_running(
    many: dict[str, Run], runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(run.pids for run in many.values())
    assert running(many["early"].pids) == []
    assert not (runs / "early" / "broker").exists()
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
