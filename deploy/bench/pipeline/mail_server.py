"""The mail server of a benchmark, in a process of its own."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.bench.own_servers import helper
from deploy.bench.pipeline.mails import MailReader
from deploy.devstack.ports import free_port
from deploy.devstack.processes import ProcessId


@dataclass(frozen=True)
class Sink:
    """A running server, and what it has noted."""

    port: int
    process: ProcessId
    mails: MailReader


@contextmanager
def open_sink(folder: Path, name: str) -> Iterator[Sink]:
    """A server while the block runs; its mails are noted in a file of that name."""
    port, file = free_port(), folder / f"mails-{name}.tsv"
    file.touch()
    command = [sys.executable, "-m", "deploy.bench.pipeline.sink", str(port), str(file)]
    with helper(command, folder / "logs" / "sink.log", os.environ) as process:
        yield Sink(port, process, MailReader(file))
