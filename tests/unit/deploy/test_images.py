"""The recipe of the images and the locks it installs from, read without an engine."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.tree import ROOT

DOCKERFILE = ROOT / "deploy/Dockerfile"


def _steps() -> list[list[str]]:
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    return [shlex.split(line) for line in text.splitlines() if line and not line.startswith("#")]


def test_hadolint_finds_nothing() -> None:
    tool = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([str(tool), str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_all_that_is_copied_exists_and_is_let_into_the_build() -> None:
    allowed = [x[1:] for x in (ROOT / ".dockerignore").read_text().split() if x.startswith("!")]
    copied = [x[1:-1] for x in _steps() if x[0] == "COPY" and not x[1].startswith("--from")]
    for path in [path.replace("${SERVICE}", "matching") for paths in copied for path in paths]:
        assert (ROOT / path).exists(), path
        assert any(Path(path).is_relative_to(x) for x in allowed), path


def test_the_build_lets_nothing_in_that_is_not_named() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"


def test_what_runs_is_nobody_in_particular() -> None:
    users = [x[1] for x in _steps() if x[0] == "USER"]
    assert users == ["10001"]
    stages = [x for x in _steps() if x[0] == "FROM"]
    assert [x[1] for x in stages[-2:]] == ["bare", "bare"]


def test_nothing_is_installed_without_its_hash() -> None:
    installs = [x for x in _steps() if x[0] == "RUN" and "install" in x and "useradd" not in x]
    assert installs
    for step in installs:
        for command in re.findall(r"pip install [^&]*", " ".join(step)):
            assert "--require-hashes" in command or "--no-index" in command


Lock = dict[str, frozenset[str]]


def _lock(name: str) -> Lock:
    """Package and version → its hashes."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    rows = [line.split() for line in text.splitlines() if line and line[0] not in "# "]
    return {row[0]: frozenset(x for x in row if x.startswith("--hash")) for row in rows}


def test_the_three_locks_hold_together() -> None:
    whole = _lock("requirements.lock")
    for part in ("requirements.run.lock", "requirements.build.lock"):
        found = _lock(part)
        assert found
        assert {pin: whole.get(pin) for pin in found} == found


def test_what_runs_is_locked_and_what_tests_is_not_among_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {pin.partition("==")[0] for pin in _lock("requirements.run.lock")}
    wanted = {_name(x) for x in project["dependencies"]}
    assert wanted <= pinned
    tests = {_name(x) for x in project["optional-dependencies"]["dev"]}
    assert not tests & pinned


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9.-]+", requirement)
    assert found
    return found[0].lower()
