"""Prometheus' own tool, which reads rules as Prometheus does."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.devstack.programs import PROMTOOL
from tests.architecture.tree import ROOT

Promtool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """`promtool("check", "rules", file)`, as `make test` made sure that it is there."""
    program = PROMTOOL.find()
    if program is None:
        pytest.fail("promtool is missing: python -m deploy.devstack.programs", pytrace=False)

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [str(program), *map(str, arguments)]
        folder = ROOT / "deploy/prometheus"
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    return run
