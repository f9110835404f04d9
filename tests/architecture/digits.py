r"""A digit is one of 0 to 9: `²` is a digit for `str.isdigit`, and `٣` for `\d`, but not for us."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import Source, name_called, sources

ASKS = frozenset(["isdigit", "isdecimal", "isnumeric"])
PATTERNS = frozenset(["compile", "fullmatch", "match", "search", "sub", "split", "findall"])

WIDE_ON_PURPOSE = frozenset(["shared/web/query.py", "shared/service/logging.py"])
"""One asks for ASCII first, the other hides whatever could be a number."""
_LETTER = r"\W\d_"
"""A letter of any script: no digit of any script either."""


def violations(root: Path) -> Iterator[str]:
    for source in sources(root, "services", "shared"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call):
                yield from _wide(source, node)


def _wide(source: Source, call: ast.Call) -> Iterator[str]:
    if source.path in WIDE_ON_PURPOSE:
        return
    if name_called(call) in ASKS:
        yield source.at(call, f"{name_called(call)} knows more digits than 0 to 9")
    if name_called(call) in PATTERNS and _is_re(call) and not _names_ascii(call):
        texts = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant)]
        if any(isinstance(x, str) and "\\d" in x.replace(_LETTER, "") for x in texts):
            yield source.at(call, r"\d without re.ASCII knows more digits than 0 to 9")


def _is_re(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
    )


def _names_ascii(call: ast.Call) -> bool:
    named = (one for one in ast.walk(call) if isinstance(one, ast.Attribute))
    binary = any(
        isinstance(one, ast.Constant) and isinstance(one.value, bytes) for one in ast.walk(call)
    )
    return binary or any(one.attr in {"ASCII", "A"} for one in named)
