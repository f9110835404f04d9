"""What the engine of matching needs, copied to a folder: an installation that a test may spoil."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.tree import ROOT

_LEFT = shutil.ignore_patterns("__pycache__")


class MatchingTree:
    """Commands run from `folder` find the copy and not the checkout; caches go to `caches`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.caches = folder / "tree", folder / "caches"
        self.engine = self.folder / "services/matching/engine"
        for part in ("services/matching", "shared"):
            shutil.copytree(ROOT / part, self.folder / part, ignore=_LEFT)
        shutil.copy(ROOT / "services/__init__.py", self.folder / "services")

    def start(self, program: str, **environment: str) -> "subprocess.Popen[str]":
        """Python, running the program with the compiler switched on."""
        return subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=self.folder,
            env=self._environment(environment),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, program: str, **environment: str) -> tuple[str, str]:
        """What the program wrote to its output and to its errors; it must end well."""
        running = self.start(program, **environment)
        out, errors = running.communicate()
        assert running.returncode == 0, errors
        return out, errors

    def _environment(self, further: Mapping[str, str]) -> dict[str, str]:
        """`PYTHONPATH` goes before the checkout's own entry; no byte code, which would need a
        folder that a test may have taken away."""
        return {
            **os.environ,
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "NUMBA_DISABLE_JIT": "0",
            "XDG_CACHE_HOME": str(self.caches),
            **further,
        }
