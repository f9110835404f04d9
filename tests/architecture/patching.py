"""Tests pass in what they vary: nothing of ours is patched.

A patch is a call of `setattr`, `mock.patch` or `patch.object`, or an assignment to an attribute,
whose target is imported from this repository or is a string that names such a thing; and a call of
`monkeypatch.setattr`, `setitem`, `delattr` or `delitem` whose target is anything but a library's.
Exceptions, each with its reason, stand in `patching.json`: file → target → reason; one that is no
longer needed is refused too.
"""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.tree import name_called, sources

OURS = frozenset({"shared", "services", "deploy", "tests"})
PATCHES = frozenset({"setattr", "delattr", "setitem", "delitem", "patch", "object", "dict"})
EXCEPTIONS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("patching.json").read_text(encoding="utf-8")
)


def violations(root: Path) -> Iterator[str]:
    for source in sources(root, "tests"):
        excepted, found = EXCEPTIONS.get(source.path, {}), set[str]()
        for node, target in _iter_patches(source.tree):
            found.add(target)
            if target not in excepted:
                yield source.at(node, f"{target} is ours: pass it in, patch nothing")
        for target in sorted(excepted.keys() - found):
            yield f"{source.path}: {target} is patched no more, take it out of patching.json"


@dataclass(frozen=True)
class Imports:
    """The names under which a file knows what is imported, ours and others'."""

    ours: frozenset[str]
    others: frozenset[str]


def _iter_patches(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    imports = _imports(tree)
    for node in ast.walk(tree):
        for target in _targets(node):
            path = target.value if isinstance(target, ast.Constant) else ast.unparse(target)
            if _is_ours(target, imports) or (
                _is_monkeypatch(node) and not _is_of_a_library(target, imports)
            ):
                yield node, str(path)


def _imports(tree: ast.Module) -> Imports:
    ours: set[str] = set()
    others: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for one in node.names:
                module = node.module if isinstance(node, ast.ImportFrom) else one.name
                first = (module or "").split(".")[0]
                name = one.asname or one.name.split(".")[0]
                (ours if first in OURS else others).add(name)
    return Imports(frozenset(ours), frozenset(others))


def _targets(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=targets):
            return [one for one in targets if isinstance(one, ast.Attribute)]
        case ast.AugAssign(target=ast.Attribute() as target):
            return [target]
        case ast.Call(args=[target, *_]) if name_called(node) in PATCHES:
            return [target]
    return []


def _is_monkeypatch(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="monkeypatch"))):
            return True
    return False


def _is_ours(target: ast.expr, imports: Imports) -> bool:
    match target:
        case ast.Constant(value=str(path)):
            return "." in path and path.split(".")[0] in OURS
    return _root(target) in imports.ours


def _is_of_a_library(target: ast.expr, imports: Imports) -> bool:
    return isinstance(target, ast.Constant) or _root(target) in imports.others


def _root(target: ast.expr) -> str:
    """`a` of `a.b.c`; empty where an expression begins otherwise."""
    match target:
        case ast.Attribute(value=inner):
            return _root(inner)
        case ast.Name(id=name):
            return name
    return ""
