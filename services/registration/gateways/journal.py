"""The journal of erasures: ids of people who were erased, in a file outside of both databases.

A restore brings back rows, and perhaps keys, of people who were erased since; from this file they
are erased again. It holds ids and times, nothing of a person. Lines are only ever added.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from shared.contracts.types import Side

_END = " ."


@dataclass(frozen=True)
class JournalEntry:
    """Who was erased, when it was asked for and by whom (a word from a closed list)."""

    at: datetime
    person_id: UUID
    side: Side
    asked_by: str


class ErasureJournal:
    """One file, which any number of processes may append to (on a file system that locks)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, entry: JournalEntry) -> None:
        """Add a line and return once it is on the disk. Raises OSError where that is not so."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        journal = os.open(self._path, flags, 0o600)
        try:
            fcntl.flock(journal, fcntl.LOCK_EX)
            size = os.fstat(journal).st_size
            torn = size > 0 and os.pread(journal, 1, size - 1) != b"\n"
            os.write(journal, (b"\n" if torn else b"") + _format_entry(entry))
            os.fsync(journal)
        finally:
            os.close(journal)

    def entries(self) -> Iterator[JournalEntry]:
        """Every entry, the oldest first. Raises ValueError for a line that is none."""
        if not self._path.exists():
            return
        for line in self._path.read_text(encoding="ascii").splitlines():
            # A crash while a line was written leaves half of it: its erasure never began.
            if line.endswith(_END):
                yield _parse_entry(line)

    def size(self) -> int:
        """In bytes: whoever has read that many has read everything."""
        return self._path.stat().st_size if self._path.exists() else 0


def _format_entry(entry: JournalEntry) -> bytes:
    return (
        f"{entry.at.isoformat()} {entry.person_id} {entry.side} {entry.asked_by}{_END}\n".encode()
    )


def _parse_entry(line: str) -> JournalEntry:
    at, person_id, side, asked_by = line.removesuffix(_END).split()
    kind: Side = "mentor" if side == "mentor" else "mentee"
    return JournalEntry(datetime.fromisoformat(at), UUID(person_id), kind, asked_by)
