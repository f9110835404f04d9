"""Where runs keep their things: `.local/<run>/` in the checkout, one folder for each run."""

import os
import time
from pathlib import Path

UP = "up"
"""The run of `binome up`; there is one for each checkout."""


def local_root() -> Path:
    """`BINOME_LOCAL_DIR`, else `.local` of the checkout, else `.local` of the working folder."""
    if chosen := os.environ.get("BINOME_LOCAL_DIR"):
        return Path(chosen).resolve()
    checkout = Path(__file__).resolve().parents[2]
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / ".local"


def run_folder(name: str) -> Path:
    """A folder that no other run has: `.local/<name>-<time>-<process>`."""
    return local_root() / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"


def up_folder() -> Path:
    """The folder of `binome up`, the same for `down` and `status`."""
    return local_root() / UP
