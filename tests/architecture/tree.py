"""The source files, parsed as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("shared", "services", "deploy", "tests")
"""All Python is below them."""


@dataclass(frozen=True)
class Source:
    """One Python file: where it stands below the root, and its syntax tree."""

    path: str
    tree: ast.Module

    def at(self, node: ast.AST, what: str) -> str:
        """The sentence that names a violation."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {what}"

    def within(self, *patterns: str) -> bool:
        return any(Path(self.path).match(pattern) for pattern in patterns)


def sources(root: Path, *folders: str) -> Iterator[Source]:
    """Every Python file below these folders of the root, by name."""
    for folder in folders:
        for file in sorted((root / folder).rglob("*.py")):
            yield Source(file.relative_to(root).as_posix(), _parse(file, file.stat().st_mtime_ns))


@cache
def _parse(file: Path, _changed_at: int) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def docstrings(tree: ast.Module) -> set[int]:
    """Ids of the string nodes that are docstrings: statements that are nothing but a string."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def name_called(call: ast.Call) -> str:
    """Last name of what a call calls: `log.info(…)` → `info`."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
