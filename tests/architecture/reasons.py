"""Whoever silences a tool says why: `# noqa: CODE - reason`, `# type: ignore[code]  # reason`."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import FOLDERS

_SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)\b")
_WITH_REASON = re.compile(
    r"# noqa: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \S|# type: ignore\[[a-z-]+(,[a-z-]+)*\]  # \S"
)


def violations(root: Path) -> Iterator[str]:
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            with file.open("rb") as source:
                for token in tokenize.tokenize(source.readline):
                    if token.type == tokenize.COMMENT and not _is_explained(token.string):
                        path = file.relative_to(root).as_posix()
                        yield f"{path}:{token.start[0]}: silenced without a reason"


def _is_explained(comment: str) -> bool:
    return not _SILENCED.match(comment) or bool(_WITH_REASON.match(comment))
