"""A container's content suffices: `shared`, the command and one service, in an empty environment.

The steps are those of `deploy/Dockerfile`: that service's lock with its hashes, a wheel of a tree
that holds nothing else, then the command on real servers with that container's own settings.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from deploy.devstack.ports import free_port
from deploy.services import names
from tests.architecture.tree import ROOT
from tests.integration.deploy.conftest import Composed, Environment
from tests.support.waiting import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(1200)]


COPIED = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "shared",
    "deploy/__init__.py",
    "deploy/services.py",
    "deploy/cli",
    "services/__init__.py",
)
LEFT = shutil.ignore_patterns("__pycache__", "*.egg-info")


def _environment(name: str, folder: Path) -> Path:
    """A new environment with the locked dependencies of that service and nothing of ours."""
    _run(sys.executable, "-m", "venv", "--without-pip", folder)
    lock = ROOT / f"deploy/locks/{name}.lock"
    # The lock is whole, so nothing is left to resolve: a service that starts shows it.
    _pip(folder, "install", "--no-compile", "--no-deps", "--require-hashes", "-r", lock)
    return folder


def _pip(folder: Path, *arguments: str | Path) -> None:
    python = folder / "bin/python"
    _run(sys.executable, "-m", "pip", "--python", python, "--quiet", *arguments)


def _run(*command: str | Path, cwd: Path | None = None, env: Environment | None = None) -> str:
    texts = [str(part) for part in command]
    done = subprocess.run(texts, capture_output=True, text=True, check=False, cwd=cwd, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _wheel(name: str, folder: Path) -> Path:
    """The wheel of a tree that holds what the image of that service holds."""
    tree = folder / "tree"
    for path in (*COPIED, f"services/{name}"):
        _copy(path, tree)
    backend = "from setuptools.build_meta import build_wheel; build_wheel('..')"
    _run(sys.executable, "-c", backend, cwd=tree)
    return next(folder.glob("*.whl"))


def _copy(path: str, tree: Path) -> None:
    source, target = ROOT / path, tree / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=LEFT)
    else:
        shutil.copy(source, target)


@pytest.mark.parametrize("name", names())
def test_one_service_alone_is_brought_up_to_date_and_gets_ready(
    name: str, composed: Composed, tmp_path: Path
) -> None:
    wheel = _wheel(name, tmp_path)
    _holds_all_of(wheel, name)
    environment = _environment(name, tmp_path / "venv")
    _pip(environment, "install", "--no-deps", "--no-index", wheel)
    assert [x.parent.name for x in _services_in(environment)] == [name]

    binome, place = environment / "bin/binome", {"PATH": os.defpath, "HOME": str(tmp_path)}
    _run(binome, "migrate", name, cwd=tmp_path, env=composed.environment("migrate") | place)
    port = free_port()
    with _running(binome, name, composed.environment(name) | place, port, tmp_path) as log:
        assert _answer(port, "/health/live", log) == {"status": "live"}
        ready = _answer(port, "/health/ready", log)
        assert ready["status"] == "ready", ready
    assert "service.stopping" in log.read_text()


def _services_in(environment: Path) -> list[Path]:
    return list(environment.glob("lib/python3*/site-packages/services/*/service.py"))


def _holds_all_of(wheel: Path, name: str) -> None:
    """No page, migration, template or vocabulary stayed behind."""
    held = set(ZipFile(wheel).namelist())
    for folder in ("shared", f"services/{name}"):
        files = [file for file in (ROOT / folder).rglob("*") if file.is_file()]
        paths = {file.relative_to(ROOT).as_posix() for file in files}
        assert {path for path in paths if "__pycache__" not in path} <= held


@contextmanager
def _running(
    binome: Path, name: str, environment: Environment, port: int, folder: Path
) -> Iterator[Path]:
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(binome), "run", name],
            cwd=folder,
            env={**environment, "BINOME_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield log
        finally:
            process.terminate()
            # uvicorn ends in order, then by the signal that it was sent.
            assert process.wait(PATIENCE) in {0, -signal.SIGTERM}


def _answer(port: int, path: str, log: Path) -> dict[str, object]:
    """The body of the endpoint once it answers 200. Fails with the log after the limit."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as reply:
                found: dict[str, object] = json.load(reply)
                return found
        except (HTTPError, URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(log.read_text())
