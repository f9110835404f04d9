"""The environment of whoever runs these tests names no servers: what is tested is our own."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.devstack.processes import ProcessId

SERVER_VARIABLES = ("BINOME_AMQP_URL", "BINOME_DATABASE_URL", "BINOME_PROGRAM_PATH")


@pytest.fixture(autouse=True)
def no_servers_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SERVER_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def runs() -> Iterator[Path]:
    """A place for run folders that no other account may enter, as a checkout in a home folder."""
    with TemporaryDirectory(prefix="binome-runs-") as place:
        yield Path(place)


def quiet(_: str) -> None:
    """Nobody listens."""


def running(pids: list[int]) -> list[int]:
    """Those of the processes that still run (a zombie does not)."""
    return [pid for pid in pids if (mark := ProcessId.of(pid)) and mark.alive()]
