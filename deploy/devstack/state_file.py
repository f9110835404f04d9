"""What is on record about the private servers of a folder, so that a later command finds them."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock

from deploy.devstack.private import close_to_others, make_private_folder
from deploy.devstack.processes import ProcessId
from deploy.devstack.secret_store import write_private
from shared.service.user_error import UserError

_one_at_a_time = Lock()


class FolderInUseError(UserError):
    """Another run holds this folder."""


@dataclass
class StateFile:
    """Ports, node name and processes of the servers of one folder (`servers.json`).

    `lasting` says that the servers are meant to outlive the command that started them; of any
    other run whose lock is free, what still runs is left over from a death. `throw_away` says
    that nobody wants the data after the run.
    """

    lasting: bool = False
    throw_away: bool = False
    node: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, ProcessId] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "StateFile":
        """The record of a folder; an empty one when there is none."""
        file = _file(folder)
        if not file.exists():
            return cls()
        fields = json.loads(file.read_text())
        marks = {name: ProcessId(**mark) for name, mark in fields.pop("processes").items()}
        return cls(processes=marks, **fields)

    def write(self, folder: Path) -> None:
        """Keep the state in that folder, readable by its owner only."""
        write_private(_file(folder), json.dumps(asdict(self), indent=1))

    def running(self) -> bool:
        """Whether any process of this state is alive."""
        return any(mark.alive() for mark in self.processes.values())


def note(folder: Path, **marks: ProcessId) -> None:
    """Add processes to the record of a folder, or replace those of the same name."""
    with _one_at_a_time:
        fields = StateFile.read(folder)
        fields.processes |= marks
        fields.write(folder)


def forget(folder: Path) -> None:
    """Remove the record: nothing of it runs any more."""
    _file(folder).unlink(missing_ok=True)


@contextmanager
def lock_folder(folder: Path, lock_name: str = "lock") -> Iterator[None]:
    """Hold the folder; the system lets go of it when we die, however we die.

    Raises FolderInUseError when another run holds it.
    """
    make_private_folder(folder)
    close_to_others(folder, folder / "postgres")
    lock = os.open(folder / lock_name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise FolderInUseError(f"{folder} is in use by another run") from None
    try:
        yield
    finally:
        os.close(lock)


def _file(folder: Path) -> Path:
    return folder / "servers.json"
