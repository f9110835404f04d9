"""The log of a process, when it has to explain why something did not start."""

from pathlib import Path


def end_of(log: Path, lines: int = 15) -> str:
    """Its last lines; empty when there is none."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
