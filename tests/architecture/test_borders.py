"""import-linter holds the borders: each is crossed once, in a copy, and the crossing is named."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.conftest import Plant


def _lint(root: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_nobody_crosses_a_border(clean_copy: Path) -> None:
    status, output = _lint(clean_copy)
    assert status == 0, output
    assert "0 broken" in output


@pytest.mark.parametrize(
    ("path", "code", "sentence"),
    [
        (
            "services/matching/entrypoints/events.py",
            "import services.followup.domain",
            "services.matching.entrypoints.events -> services.followup.domain",
        ),
        (
            "shared/service/clock.py",
            "import services.matching.domain",
            "shared.service.clock -> services.matching.domain",
        ),
        (
            "services/matching/entrypoints/events.py",
            "import deploy.services",
            "services.matching.entrypoints.events -> deploy.services",
        ),
        (
            "shared/contracts/contact.py",
            "import shared.service.clock",
            "shared.contracts.contact -> shared.service.clock",
        ),
        (
            "services/matching/domain/score.py",
            "import asyncpg",
            "services.matching.domain.score -> asyncpg",
        ),
        (
            "services/followup/domain/calendar.py",
            "from shared.contracts.events import PairProposed",
            "services.followup.domain.calendar -> shared.contracts.events",
        ),
        (
            "services/registration/entrypoints/events.py",
            "import pulp",
            "services.registration.entrypoints.events -> pulp",
        ),
        ("services/matching/tools.py", "X = 1", "services.matching.tools"),
        (
            "services/followup/store/alerts.py",
            "import services.followup.use_cases.close_term",
            "services.followup.store.alerts -> services.followup.use_cases.close_term",
        ),
        (
            "services/followup/store/counts.py",
            "import services.followup.use_cases.close_term",
            "services.followup.store.counts -> services.followup.use_cases.close_term",
        ),
    ],
)
def test_a_crossing_is_named(
    clean_copy: Path, plant: Plant, path: str, code: str, sentence: str
) -> None:
    plant(path, code)
    status, found = _lint(clean_copy)
    assert status == 1
    assert sentence in found, found
