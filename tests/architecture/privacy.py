"""No log call names a personal field, quotes an error's message, or leaves by `print`.

The redaction in `shared/service/logging.py` drops or masks it at run time; this rule reports it
earlier.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import Source, name_called, sources

LEVELS = frozenset(
    ["debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "msg"]
)
BINDERS = frozenset(["bind", "new", "bind_contextvars", "bound_contextvars"])
LOGGERS = re.compile(r"^_?(log|logger|logging|structlog|contextvars)$")
PERSONAL = re.compile(
    r"(^|_)(first_?name|last_?name|full_?name|surname|e?mail|phone|mobile|birth\w*|born|address"
    r"|guardian|motivation|token|password|secret|iban)(_|$)"
)


def violations(root: Path) -> Iterator[str]:
    for source in sources(root, "services", "shared"):
        caught = {
            node.name
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ExceptHandler) and node.name
        }
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call):
                yield from _in(source, node, caught)


def _in(source: Source, call: ast.Call, caught: set[str]) -> Iterator[str]:
    if name_called(call) == "print" and isinstance(call.func, ast.Name):
        yield source.at(call, "print passes by the redaction of logs")
    if not _logs(call):
        return
    for name in _names(call):
        if PERSONAL.search(name):
            yield source.at(call, f"a log line names a personal field ({name})")
    for inner in _arguments(call):
        if _quotes(inner, caught):
            yield source.at(call, "a log line quotes an error, which may quote a row")


def _logs(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr=name, value=inner) if name in LEVELS | BINDERS:
            return LOGGERS.match(_last(inner)) is not None
    return False


def _last(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=inner) if name_called(node) in BINDERS:
            return _last(inner.value) if isinstance(inner, ast.Attribute) else ""
        case ast.Call(func=inner) if name_called(node) in {"get_logger", "getLogger"}:
            return "log"
    return ""


def _arguments(call: ast.Call) -> Iterator[ast.AST]:
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        yield from ast.walk(argument)


def _names(call: ast.Call) -> Iterator[str]:
    yield from (keyword.arg for keyword in call.keywords if keyword.arg)
    for node in _arguments(call):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name


def _quotes(node: ast.AST, caught: set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[ast.Name(id=name)]):
            return name in caught
        case ast.FormattedValue(value=ast.Name(id=name)):
            return name in caught
    return False
