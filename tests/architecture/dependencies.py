"""What is imported is declared: in pyproject.toml, in the groups of the part that imports it.

An import's distribution is looked up in what is installed (`packages_distributions`), so a name
that comes along with another dependency is found out as much as one that nobody installs.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.architecture.tree import FOLDERS, name_called, sources

GROUPS = {
    "shared": (),
    "services/registration": ("registration",),
    "services/matching": ("matching",),
    "services/notification": ("notification",),
    "services/followup": ("followup",),
    "deploy/cli": ("cli",),
    "deploy/devstack": ("devstack",),
    "deploy/demo": ("cli", "devstack"),
    "deploy/bench": (
        "cli",
        "devstack",
        "matching",
        "notification",
        "registration",
        "bench",
        "bench-celery",
    ),
    "deploy": (),
}
"""Folder → the groups that its files may import, beside what every service needs; first match."""

PRIVATE_ON_PURPOSE = frozenset(["openpyxl.worksheet._reader"])
"""The only reader that tells a formula from an empty cell; pyproject.toml pins its series."""


def violations(root: Path) -> Iterator[str]:
    declared = declared_groups(root)
    for source in sources(root, *FOLDERS):
        allowed = _find_allowed(source.path, declared)
        for node in ast.walk(source.tree):
            for module in _imported_modules(node):
                if fault := _fault(module, allowed):
                    yield source.at(node, fault)


def declared_groups(root: Path) -> dict[str, set[str]]:
    """Group → its distributions by normalized name; "" is the group that all others stand on."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"]} | project["optional-dependencies"]
    return {name: {normalize_name(x) for x in wanted} for name, wanted in groups.items()}


def normalize_name(requirement: str) -> str:
    """`ruamel.yaml>=0.18` → `ruamel-yaml`, as PEP 503 compares names."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    if not found:
        raise ValueError(f"no name in {requirement!r}")
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _find_allowed(path: str, declared: dict[str, set[str]]) -> set[str]:
    """All that is declared for a test, the groups of its folder for any other file."""
    folder = next((x for x in GROUPS if path.startswith(f"{x}/")), None)
    names = declared if folder is None else ("", *GROUPS[folder])
    return set().union(*(declared[name] for name in names))


def _fault(module: str, allowed: set[str]) -> str:
    """What is wrong with importing a module by its dotted name; empty if nothing is."""
    top, *inner = module.split(".")
    if top in FOLDERS or top in sys.stdlib_module_names:
        return ""
    if module not in PRIVATE_ON_PURPOSE and any(part.startswith("_") for part in inner):
        return f"{module} is private to its library"
    # A group that is installed by hand only may not be there: its names are those of its imports.
    if not allowed.intersection(_distributions().get(top, [normalize_name(top)])):
        return f"{top} is not declared for this part of the tree (pyproject.toml)"
    return ""


@cache
def _distributions() -> dict[str, list[str]]:
    """Import name → normalized names of the distributions that bring it."""
    found = packages_distributions()
    return {top: [normalize_name(name) for name in names] for top, names in found.items()}


def _imported_modules(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case ast.Call(args=[ast.Constant(value=str(module)), *_]) if (
            name_called(node) == "import_module"
        ):
            return [module]
    return []
