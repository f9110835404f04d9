"""Removes what was built and what dead runs left: `make clean`. What runs, stays."""

from __future__ import annotations

import shutil
from pathlib import Path

from deploy.devstack.bootstrap import CHECKOUT
from deploy.devstack.cleanup import discard

_CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache")
_BUILT = ("build", "dist", "*.egg-info", *_CACHES)


def clean(checkout: Path = CHECKOUT) -> None:
    """Leave the checkout as it was cloned, but for what still runs and what they run on."""
    runs = [entry for entry in (checkout / ".local").glob("*") if entry.is_dir()]
    alive = [run for run in runs if not discard(run)]
    for run in alive:
        print(f"En cours, gardé / running, kept: {run}")
    patterns = _BUILT if alive else (*_BUILT, ".venv", ".local")
    for pattern in patterns:
        for built in checkout.glob(pattern):
            shutil.rmtree(built)
    for top in ("deploy", "services", "shared", "tests"):
        for cache in (checkout / top).rglob("__pycache__"):
            shutil.rmtree(cache)


if __name__ == "__main__":
    clean()
