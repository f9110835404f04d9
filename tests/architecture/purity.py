"""A domain is given time, ids and random numbers, so that the same input gives the same result."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import Source, name_called, sources

CLOCKS = frozenset(["now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"])
IDS = frozenset(["uuid1", "uuid4", "token_bytes", "token_hex", "token_urlsafe", "urandom"])
SOURCES = frozenset(["random", "secrets", "time", "os", "sys", "socket", "threading", "asyncio"])
WALL = frozenset(["datetime", "date"])
HURRIED = (
    "services/*/entrypoints/*.py",
    "services/*/entrypoints/pages/*.py",
    "services/*/use_cases/*.py",
)
"""They live by the business clock, which the demonstration accelerates."""
REAL_TIME = (
    "services/notification/use_cases/reconcile_messages.py",
    "services/notification/use_cases/send_message.py",
)
"""Leases, retries and the delays of providers follow real seconds."""


def violations(root: Path) -> Iterator[str]:
    for source in sources(root, "services"):
        if source.within("services/*/domain/*.py", "services/*/domain/*/*.py"):
            yield from _impure(source)
        elif source.within(*HURRIED) and source.path not in REAL_TIME:
            yield from _wall_clock(source)


def _impure(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and name_called(node) in CLOCKS:
            yield source.at(node, f"a domain asks no clock ({name_called(node)})")
        if isinstance(node, ast.Call) and name_called(node) in IDS:
            yield source.at(node, f"a domain makes no ids ({name_called(node)})")
        for name in _list_imports(node):
            if name.partition(".")[0] in SOURCES or name.endswith(".random"):
                yield source.at(node, f"a domain gets this from outside ({name})")


def _wall_clock(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=kind), attr=name)) if (
                kind in WALL and name in CLOCKS
            ):
                yield source.at(node, f"the business clock is tx.now ({kind}.{name})")


def _list_imports(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), names=names):
            return [module, *(f"{module}.{alias.name}" for alias in names)]
    return []
