"""Processes known by number *and* birth, so that a recycled number is never signalled."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.devstack.private import OWNER_UMASK, private_opener

_children: dict[int, subprocess.Popen[bytes]] = {}
"""Processes started from here; they keep the status that they ended with."""

START_SECONDS = 300.0
"""After which a server that still runs and is not ready never will be, however busy the machine."""
END_SECONDS = 120.0
"""The same for a process that the system still has to let go of after SIGKILL."""

_HAS_PROC = Path("/proc/self/stat").exists()


@dataclass(frozen=True)
class ProcessId:
    """One process: its number and its start time, as the system reports it."""

    pid: int
    born: str

    @classmethod
    def of(cls, pid: int) -> "ProcessId | None":
        """The mark of a running process; None when there is none of that number."""
        born = _start_time(pid)
        return cls(pid, born) if born else None

    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        born = _start_time(self.pid)
        if born is None and (child := _children.get(self.pid)):
            return child.poll() is None  # some of its threads may outlive it for a moment
        return born == self.born

    def send(self, number: signal.Signals) -> None:
        """Signal it, if it is still the same process."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return  # it ended between the look and the signal


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    account: tuple[int, int] | None = None,
) -> ProcessId:
    """Start a process in a session of its own: Ctrl-C reaches us, and we stop it in order.

    `account` is the (user, group) to run as when we are root; output is added to `log`.
    """
    user, group = account or (None, None)
    with open(log, "ab", opener=private_opener) as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if account is None else [],
            umask=OWNER_UMASK,
        )
    _children[child.pid] = child
    return ProcessId(child.pid, _start_time(child.pid) or "ended at once")


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    account: tuple[int, int] | None = None,
) -> int:
    """Run a command to its end; its exit status. An interrupt takes it and its children down."""
    mark = spawn(command, log=log, env=env, cwd=cwd, account=account)
    child = _children[mark.pid]
    try:
        return child.wait()
    except BaseException:
        kill(family(mark))
        raise


def exit_status(mark: ProcessId) -> int | None:
    """Exit status of a process started from here; None while it runs or when it is not ours."""
    child = _children.get(mark.pid)
    return child.poll() if child else None


def family(mark: ProcessId) -> list[ProcessId]:
    """The process and everything below it, eldest first."""
    if not mark.alive():
        return []
    parents = _parents()
    pids = [mark.pid]
    for pid in pids:
        pids += [child for child, parent in parents.items() if parent == pid]
    return [member for pid in pids if (member := ProcessId.of(pid))]


def end(mark: ProcessId, ask: signal.Signals = signal.SIGTERM, patience: float = 15.0) -> None:
    """Ask the process to stop; after `patience` seconds kill it and all that it started."""
    members = family(mark)
    mark.send(ask)
    wait_gone([mark], patience)
    # Helpers of a server leave by themselves a moment after it.
    wait_gone(members, 2.0)
    kill(members)


def end_all(marks: Sequence[ProcessId], patience: float = 30.0) -> None:
    """Ask all of them at once, then end each as `end` does."""
    for mark in marks:
        mark.send(signal.SIGTERM)
    wait_gone(marks, patience)
    for mark in marks:
        end(mark, patience=0.0)


def kill(members: Iterable[ProcessId]) -> None:
    """SIGKILL each of them and wait until the system has let them go.

    Raises RuntimeError when one outlives even that.
    """
    members = list(members)
    for member in members:
        member.send(signal.SIGKILL)
    if not wait_gone(members, END_SECONDS):
        raise RuntimeError(f"still running after SIGKILL: {[m.pid for m in members if m.alive()]}")


def wait_gone(members: Sequence[ProcessId], seconds: float) -> bool:
    """Whether all of them ended within `seconds`."""
    deadline = time.monotonic() + seconds
    while any(member.alive() for member in members):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _start_time(pid: int) -> str | None:
    """Start time of a process, None when there is none or only its zombie."""
    if not _HAS_PROC:
        return _start_time_by_ps(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    return None if fields[0] in "ZX" else fields[19]


def _start_time_by_ps(pid: int) -> str | None:
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, born = shown.stdout.strip().partition(" ")
    return None if not born or state.startswith("Z") else born.strip()


def _parents() -> dict[int, int]:
    """Parent of every process on the machine."""
    if not _HAS_PROC:
        listed = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, check=True)
        return {int(a): int(b) for a, b in (line.split() for line in listed.stdout.splitlines())}
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = entry.read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended while we read
        parents[int(entry.parent.name)] = int(stat[stat.rindex(")") + 2 :].split()[1])
    return parents
