"""One process of a local stack: how it is started, and how we know that it is ready."""

import http.client
import json
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from deploy.devstack import processes
from deploy.devstack.logfile import end_of
from deploy.devstack.processes import START_SECONDS, ProcessId
from shared.service.user_error import UserError


class NotReadyError(UserError):
    """A process ended, or stayed silent, instead of becoming ready; says where its log is."""


@dataclass(frozen=True)
class Replica:
    """One running process of a service; `n` counts from 1 within the service."""

    service: str
    n: int
    url: str
    log: Path
    process: ProcessId

    @property
    def pid(self) -> int:
        """Process id on this machine."""
        return self.process.pid

    @property
    def name(self) -> str:
        """`matching-1`, as in its log's name and in the record."""
        return f"{self.service}-{self.n}"

    def ready(self) -> bool:
        """Whether `/health/ready` answers 200."""
        return is_ready(self.url)


def is_ready(url: str) -> bool:
    """Whether `/health/ready` below that address answers 200; no proxy stands between us."""
    answer = _ask_readiness(url)
    return answer is not None and answer[0] == HTTPStatus.OK


def readiness(url: str) -> tuple[bool, list[str]]:
    """The same, and the names of the checks that fail; `process` where nobody answers."""
    answer = _ask_readiness(url)
    if answer is None:
        return False, ["process"]
    if answer[0] == HTTPStatus.OK:
        return True, []
    return False, [name for name, good in json.loads(answer[1])["checks"].items() if not good]


def _ask_readiness(url: str) -> tuple[int, bytes] | None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (http.client.HTTPException, OSError):
        return None
    finally:
        connection.close()


def answers(replica: Replica) -> bool:
    """Whether something greets on its port, as an SMTP server does."""
    place = urlsplit(replica.url)
    try:
        with socket.create_connection((place.hostname, place.port), timeout=5) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def wait_ready(
    replicas: Sequence[Replica],
    ready: Callable[[Replica], bool] = Replica.ready,
    seconds: float = START_SECONDS,
) -> None:
    """Wait until all are ready. Raises NotReadyError naming the first that is not."""
    deadline = time.monotonic() + seconds
    for replica in replicas:
        while not ready(replica):
            if not replica.process.alive() or time.monotonic() > deadline:
                raise NotReadyError(_why(replica))
            time.sleep(0.1)


def _why(replica: Replica) -> str:
    status = processes.exit_status(replica.process)
    ended = "is not ready" if status is None else f"ended with status {status}"
    return f"{replica.name} {ended}; its log is {replica.log}:\n{end_of(replica.log, 8)}"
