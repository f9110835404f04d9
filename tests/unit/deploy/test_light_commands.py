"""Help is there at once: it loads no library that only the work of a command needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "aio_pika",
    "asyncpg",
    "fastapi",
    "faststream",
    "jinja2",
    "numba",
    "numpy",
    "openpyxl",
    "pulp",
    "pydantic",
    "pydantic_settings",
    "structlog",
    "uvicorn",
    "services.matching",
    "services.registration",
    "shared.contracts",
    "shared.messaging",
}
PROGRAM = """
import atexit, sys
from deploy.cli.main import main
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
main()
"""


def run_command(folder: Path, *command: str) -> tuple[str, set[str]]:
    """What the command says, and which of the heavy modules it has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "TERM": "dumb"},
    )
    return done.stdout + done.stderr, set(done.stderr.split()).intersection(HEAVY)


VERBS = (
    "match",
    "verify",
    "up",
    "down",
    "status",
    "run",
    "migrate",
    "import",
    "person export",
    "retention",
    "partner add",
    "user invite",
    "sessions end",
    "rounds try",
    "selection open",
    "parked list",
)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_loads_nothing_heavy(verb: str, tmp_path: Path) -> None:
    output, heavy = run_command(tmp_path, *verb.split(), "--help")
    assert f"{verb} [OPTIONS]" in output
    assert not heavy


def test_the_list_of_verbs_loads_nothing_heavy(tmp_path: Path) -> None:
    output, heavy = run_command(tmp_path, "--help")
    assert "contracts" in output
    assert not heavy


def test_status_loads_nothing_heavy(tmp_path: Path) -> None:
    output, heavy = run_command(tmp_path, "status")
    assert "binome up" in output
    assert not heavy


def test_what_is_heavy_is_seen(tmp_path: Path) -> None:
    assert "pydantic" in run_command(tmp_path, "contracts", "--help")[1]
