"""import-linter holds the borders: each is crossed once, in a copy, and the crossing is named."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.law.conftest import Plant


def _lint(root: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_nobody_crosses_a_border(clean_copy: Path) -> None:
    status, told = _lint(clean_copy)
    assert status == 0, told
    assert "0 broken" in told


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        (
            "services/matching/handlers.py",
            "import services.followup.domain",
            "services.matching.handlers -> services.followup.domain",
        ),
        (
            "shared/runtime/clock.py",
            "import services.matching.domain",
            "shared.runtime.clock -> services.matching.domain",
        ),
        (
            "services/matching/handlers.py",
            "import deploy.services",
            "services.matching.handlers -> deploy.services",
        ),
        (
            "shared/contracts/contact.py",
            "import shared.runtime.clock",
            "shared.contracts.contact -> shared.runtime.clock",
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
            "services/registration/handlers/progress.py",
            "import pulp",
            "services.registration.handlers.progress -> pulp",
        ),
        ("services/matching/tools.py", "X = 1", "services.matching.tools"),
        (
            "services/followup/store/alerts.py",
            "import services.followup.jobs.terms",
            "services.followup.store.alerts -> services.followup.jobs.terms",
        ),
        (
            "services/followup/pages/look.py",
            "import services.followup.jobs.terms",
            "services.followup.pages.look -> services.followup.jobs.terms",
        ),
    ],
)
def test_a_crossing_is_named(
    clean_copy: Path, plant: Plant, path: str, code: str, told: str
) -> None:
    plant(path, code)
    status, found = _lint(clean_copy)
    assert status == 1
    assert told in found, found
