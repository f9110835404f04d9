"""CPU seconds of processes and of all that they started, as the kernel counts them.

`/proc/<pid>/stat` holds user and system time of a process, and those of its children that ended
and were waited for: a database's sessions that closed are in its own figures.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.devstack.processes import ProcessId, family

PROC = Path("/proc")
_USER = 11
"""Place of `utime` after the command's name; `stime`, `cutime` and `cstime` follow it (proc(5))."""


def cpu_seconds(process: ProcessId, proc: Path = PROC) -> float:
    """CPU seconds of a running process and all below it; 0 for one that has ended."""
    return sum(_read(proc / str(member.pid) / "stat") for member in family(process))


def _read(stat: Path) -> float:
    try:
        text = stat.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # it ended meanwhile: its parent has waited for it
    fields = text[text.rindex(")") + 2 :].split()[_USER : _USER + 4]
    return sum(map(int, fields)) / os.sysconf("SC_CLK_TCK")


class CpuMeter:
    """What named processes spend from `start` on; a name may stand for several."""

    def __init__(self, processes: Mapping[str, Iterable[ProcessId]]) -> None:
        self._processes = {name: list(several) for name, several in processes.items()}
        self._began: dict[ProcessId, float] = {}
        self._ended = dict.fromkeys(self._processes, 0.0)

    def start(self) -> None:
        """Count from now on."""
        for several in self._processes.values():
            self._began |= {one: cpu_seconds(one) for one in several}

    def keep(self, name: str, process: ProcessId) -> None:
        """Keep what a process has spent that is about to be killed."""
        self._ended[name] += cpu_seconds(process) - self._began.pop(process, 0.0)
        self._processes[name].remove(process)

    def add(self, name: str, process: ProcessId) -> None:
        """Count a process from its birth."""
        self._processes[name].append(process)

    def read(self) -> dict[str, float]:
        """CPU seconds of each name since the start."""
        return {
            name: self._ended[name]
            + sum(cpu_seconds(one) - self._began.get(one, 0.0) for one in several)
            for name, several in self._processes.items()
        }
