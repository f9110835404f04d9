"""The most memory this process has ever held."""

import re
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_mb(status: Path = STATUS) -> float:
    """Megabytes at the peak.

    Linux says it of the running program (`VmHWM`): there `ru_maxrss` would count what the parent
    held when it started this one. Elsewhere `ru_maxrss`, which macOS counts in bytes.
    """
    known = re.search(r"^VmHWM:\s+(\d+) kB$", _read(status), re.MULTILINE)
    if known:
        return int(known[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _read(status: Path) -> str:
    return status.read_text(encoding="ascii") if status.exists() else ""
