"""A service runs on its own group of dependencies: no image holds what only another needs."""

import subprocess
import sys

import pytest

from deploy.services import names
from tests.architecture.tree import ROOT
from tests.support.closure import closure

SOLVERS = {"pulp", "highspy", "numpy", "numba", "llvmlite", "scipy", "ortools"}


def _import_alone(package: str, groups: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.support.isolated_imports", package]
    return subprocess.run(
        [*command, *sorted(closure(groups))], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", names())
def test_every_module_of_a_service_is_imported_on_its_group_alone(name: str) -> None:
    done = _import_alone(f"services.{name}", [name])
    assert done.returncode == 0, done.stderr


def test_what_is_shared_needs_no_group() -> None:
    done = _import_alone("shared", [])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "group", "missing"),
    [("matching", "notification", "numpy"), ("registration", "matching", "email_validator")],
)
def test_the_group_of_another_service_is_not_enough(name: str, group: str, missing: str) -> None:
    done = _import_alone(f"services.{name}", [group])
    assert done.returncode != 0
    assert f"No module named '{missing}" in done.stderr


@pytest.mark.parametrize("name", sorted(set(names()) - {"matching"}))
def test_only_matching_holds_a_solver(name: str) -> None:
    assert SOLVERS & closure([name, "cli"]) == set()
    assert {"pulp", "highspy", "numpy", "numba"} <= closure(["matching", "cli"])
