"""SQL stands in stores and migrations only.

A SELECT without FROM touches no table and is let pass (`SELECT true`, a probe).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import Source, docstrings, sources

STORES = (
    "services/*/store.py",
    "services/*/store/*.py",
    # The runtime keeps inbox, outbox, timers and sessions.
    "shared/persistence/database.py",
    "shared/persistence/migrate.py",
    "shared/persistence/held_rows.py",
    "shared/persistence/maintenance.py",
    "shared/persistence/limits.py",
    "shared/persistence/inbox.py",
    "shared/persistence/outbox.py",
    "shared/persistence/outbox_rows.py",
    "shared/persistence/sessions.py",
    "shared/persistence/timers.py",
    "shared/persistence/timer_rows.py",
)
_SQL = re.compile(
    r"""\s*(select\s.+\sfrom\s+\w
          | with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s+(not\s+)?(materialized\s*)?\(
          | insert\s+into\s+\w | update\s+(only\s+)?\w+\s+(\w+\s+)?set\s | delete\s+from\s+\w
          | (create|alter|drop|truncate|lock|comment\s+on|grant|revoke)\s+
            (unique\s+|temp\w*\s+)?(table|index|view|function|trigger|type|schema|sequence|role)
          | (truncate|copy|merge\s+into|listen|notify)\s+[a-z_]+\s*(;|$|\())""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def violations(root: Path) -> Iterator[str]:
    for source in sources(root, "services", "shared"):
        if not source.within(*STORES):
            yield from _in(source)


def _in(source: Source) -> Iterator[str]:
    docs = docstrings(source.tree)
    for node in ast.walk(source.tree):
        if id(node) not in docs and _SQL.match(_text(node)):
            yield source.at(node, "SQL outside a store")


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "x" for part in parts)
    return ""
