"""The servers of a benchmark: its own, with everything durable, in a folder of its own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.devstack import processes
from deploy.devstack.processes import ProcessId
from deploy.devstack.servers import Servers, private_servers
from shared.service.settings import PREFIX
from shared.service.user_error import UserError

LOCAL = Path(".local")
_SERVERS = ("AMQP_URL", "DATABASE_URL", "SMTP_URL")


class EnvironmentFault(UserError):
    """A variable of the environment names a server that is not the benchmark's own."""


@contextmanager
def bench_servers() -> Iterator[Servers]:
    """RabbitMQ and PostgreSQL (fsync and synchronous_commit on, data on disk) while the block runs.

    Raises EnvironmentFault where the environment names others. Other settings of Binôme count.
    """
    given = [x for x in sorted(os.environ) if x.startswith(PREFIX) and x.endswith(_SERVERS)]
    if given:
        raise EnvironmentFault(
            f"Le banc a ses propres serveurs : retirez {', '.join(given)} de l'environnement."
        )
    folder = (LOCAL / f"bench-{os.getpid()}").resolve()
    with private_servers(folder, _ignore) as servers:
        yield servers


@contextmanager
def helper(command: list[str], log: Path, environment: Mapping[str, str]) -> Iterator[ProcessId]:
    """A process beside the servers while the block runs."""
    mark = processes.spawn(command, log=log, env=environment, cwd=Path.cwd())
    try:
        yield mark
    finally:
        processes.end(mark)


def server_processes(servers: Servers) -> dict[str, list[ProcessId]]:
    """The processes of the two servers, as a table names them."""
    marks = servers.marks()
    return {"broker": [marks["broker"]], "database": [marks["postgres"]]}


def _ignore(_: str) -> None:
    """The progress of the benchmark names its steps itself."""
