"""A copy of the tree in which a test may plant what is forbidden."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

COPIED = ("shared", "services", "deploy", "docs", "tests/architecture")
FILES = (
    ".importlinter",
    "LICENSE",
    "pyproject.toml",
    "tests/__init__.py",
    *(file.name for file in ROOT.glob("*.md")),
)
LEFT = shutil.ignore_patterns("__pycache__", "static", "secrets")

Plant = Callable[[str, str], None]


@pytest.fixture(scope="session")
def clean_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("tree")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, copy / folder, ignore=LEFT)
    for file in FILES:
        shutil.copy(ROOT / file, copy / file)
    return copy


@pytest.fixture
def plant(clean_copy: Path) -> Iterator[Plant]:
    """`plant(path, code)` adds lines at the end of a file, or makes it; all is undone after."""
    before: dict[Path, str | None] = {}

    def add(path: str, code: str) -> None:
        file = clean_copy / path
        before.setdefault(file, file.read_text() if file.exists() else None)
        file.write_text(f"{before[file] or ''}\n{code}\n")

    yield add
    for file, text in before.items():
        file.write_text(text) if text is not None else file.unlink()


@pytest.fixture
def potted(tmp_path: Path) -> Plant:
    """Plants in `tmp_path` alone, which holds nothing but what is planted and what it grew from.

    Enough for a rule that reads one file at a time, and a hundred times faster than the tree.
    """
    shutil.copy(ROOT / "pyproject.toml", tmp_path)

    def add(path: str, code: str) -> None:
        original, file = ROOT / path, tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        before = original.read_text() if original.exists() else ""
        file.write_text(f"{before}\n{code}\n")

    return add
