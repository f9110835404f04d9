"""Which files of ours take part in a stretch of work: those with a function called meanwhile.

What a process does while it waits (polling loops) is left out: only calls that it does not make
then count.
"""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.architecture.tree import ROOT

FOLDERS = ("shared", "services", "deploy")


@dataclass
class Calls:
    """Code objects of project functions that were called; module and class bodies left out."""

    root: Path = ROOT
    made: set[CodeType] = field(default_factory=set)

    def files(self, but: "Calls") -> list[str]:
        """Files below the root with a function called here and not in `but`, sorted."""
        found = {Path(code.co_filename) for code in self.made - but.made}
        ours = {file for file in found if file.suffix == ".py" and file.is_relative_to(self.root)}
        paths = {file.relative_to(self.root) for file in ours}
        return sorted(path.as_posix() for path in paths if path.parts[0] in FOLDERS)

    def note(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Remember a call: what `sys.setprofile` asks for."""
        if event == "call" and frame.f_code.co_flags & 0x2:  # CO_NEWLOCALS: a function
            self.made.add(frame.f_code)


@contextmanager
def observe_calls() -> Iterator[Calls]:
    """Calls in this thread, and in threads that are started meanwhile."""
    calls = Calls()
    sys.setprofile(calls.note)
    threading.setprofile(calls.note)
    try:
        yield calls
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


async def calls_while_idle(seconds: float) -> Calls:
    """What is called while nothing is asked for."""
    with observe_calls() as calls:
        await asyncio.sleep(seconds)
    return calls
