"""Pins every dependency with its hashes: `make lock`. No index address gets into a lock.

The files hold together, each a part of the first: everything; what all services run on; what
each service runs on, for its image; what builds a wheel.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

from deploy.devstack.bootstrap import CHECKOUT, LOCK, make_venv

_RUN = CHECKOUT / "requirements.run.lock"
_BUILD = CHECKOUT / "requirements.build.lock"
_SERVICES = CHECKOUT / "deploy" / "locks"
_BY_HAND = frozenset(["bench-celery"])
_NAMES = sorted(file.parent.name for file in CHECKOUT.glob("services/*/service.py"))
# Markers for every Python and system that we support, instead of those of this machine.
_OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-annotate",
    "--quiet",
)
_ADDRESS = re.compile(r"://|--find-links|--index|\s/")


def lock(*options: str) -> None:
    """Remake the locks; `--upgrade` takes newer versions, else those that are pinned stay."""
    part = (f"--constraints={LOCK.name}", *options)
    with tempfile.TemporaryDirectory(prefix="binome-lock-") as aside:
        uv = _uv(Path(aside))
        _compile(uv, "pyproject.toml", LOCK, *_extras(_locked_groups()), *options)
        for output, groups in _run_locks().items():
            _compile(uv, "pyproject.toml", output, *_extras(groups), *part)
        _compile(uv, "-", _BUILD, *part, stdin="setuptools\n")
    for made in (LOCK, *_run_locks(), _BUILD):
        _refuse_addresses(made)


def _locked_groups() -> list[str]:
    """Every group of pyproject.toml but those that are installed by hand only."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [group for group in project["optional-dependencies"] if group not in _BY_HAND]


def _extras(groups: Iterable[str]) -> list[str]:
    return [f"--extra={group}" for group in groups]


def _run_locks() -> dict[Path, list[str]]:
    """Each lock that an image installs → the groups of pyproject.toml that it holds."""
    alone = {_SERVICES / f"{name}.lock": [name, "cli"] for name in _NAMES}
    return {_RUN: [*_NAMES, "cli"]} | alone


def _compile(uv: str, source: str, output: Path, *options: str, stdin: str = "") -> None:
    subprocess.run(
        [uv, "pip", "compile", source, *_OPTIONS, *options, f"--output-file={output}"],
        cwd=CHECKOUT,
        env=os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "make lock"},
        input=stdin,
        text=True,
        check=True,
    )


def _uv(aside: Path) -> str:
    """uv of the machine, else one in a throw-away environment."""
    if uv := shutil.which("uv"):
        return uv
    python = make_venv(aside / "venv")
    subprocess.run([str(python), "-m", "pip", "install", "-qq", "uv"], check=True)
    return str(python.with_name("uv"))


def _refuse_addresses(made: Path) -> None:
    for number, line in enumerate(made.read_text().splitlines(), 1):
        if not line.startswith("#") and _ADDRESS.search(line):
            raise SystemExit(f"{made.name}, line {number}: an address has no place in a lock")


if __name__ == "__main__":
    lock(*sys.argv[1:])
