"""Prometheus' own tool, which reads rules as Prometheus does."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.programs import Program, ensure
from tests.unit.law.tree import ROOT

PROMTOOL = Program(
    "promtool",
    ("promtool",),
    ("usr/bin", "opt/homebrew/opt/prometheus/bin", "usr/local/opt/prometheus/bin"),
    "prometheus",
    "golang-github-prometheus",
    "prometheus",
)

Promtool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """`promtool("check", "rules", file)`; installed first where that is possible."""
    program: Path = ensure([PROMTOOL])[PROMTOOL]

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [str(program), *map(str, arguments)]
        folder = ROOT / "deploy/prometheus"
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    return run
