"""The recipe of the images and the locks it installs from, read without an engine."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.services import names
from tests.architecture.dependencies import declared_groups, normalize_name
from tests.architecture.tree import ROOT
from tests.support.closure import closure

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


PARTS = ("requirements.run.lock", "requirements.build.lock")
OF_SERVICES = tuple(f"deploy/locks/{name}.lock" for name in names())


@pytest.mark.parametrize("part", PARTS + OF_SERVICES)
def test_the_locks_hold_together(part: str) -> None:
    whole, found = _lock("requirements.lock"), _lock(part)
    assert found
    assert {pin: whole.get(pin) for pin in found} == found


def test_there_is_a_lock_for_each_service_and_no_other() -> None:
    assert {file.stem for file in (ROOT / "deploy/locks").iterdir()} == set(names())


@pytest.mark.parametrize("name", names())
def test_a_service_is_locked_with_its_own_group_and_not_with_others(name: str) -> None:
    pinned, needed = _list_pinned(f"deploy/locks/{name}.lock"), closure([name, "cli"]) - {"binome"}
    assert needed <= pinned
    assert not (set().union(*declared_groups(ROOT).values()) - needed) & pinned


def test_what_runs_is_locked_and_what_tests_is_not_among_it() -> None:
    groups = declared_groups(ROOT)
    pinned = _list_pinned("requirements.run.lock")
    assert set().union(groups[""], groups["cli"], *(groups[name] for name in names())) <= pinned
    assert not (groups["dev"] | groups["bench"]) & pinned
    assert pinned == set().union(*(_list_pinned(part) for part in OF_SERVICES))


def _list_pinned(lock: str) -> set[str]:
    return {normalize_name(pin.partition("==")[0]) for pin in _lock(lock)}
