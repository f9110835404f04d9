"""English is spelled as codespell's list has it: in documents, docstrings and comments.

Strings are left out: what people read is French, and its words look like misspelled English. So
are the docstrings of commands, which are their French help. Words are in pyproject.toml.
"""

import ast
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.architecture.tree import FOLDERS, docstrings

DOCUMENTS = ("*.md", "docs/*.md", "docs/*/*.md")
FRENCH = ("deploy/cli/*.py",)


def violations(root: Path) -> Iterator[str]:
    with TemporaryDirectory(prefix="binome-spelling-") as folder:
        for path, text in _read_english(root):
            copy = Path(folder, path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")
        yield from _spell(root, folder)


def _spell(root: Path, folder: str) -> list[str]:
    """codespell's lines about that folder, as `path:line: word ==> correction`."""
    tool = str(Path(sys.executable).with_name("codespell"))
    command = [tool, "--toml", str(root / "pyproject.toml"), "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode and not done.stdout:
        raise RuntimeError(done.stderr)
    return [line.removeprefix("./") for line in done.stdout.splitlines()]


def _read_english(root: Path) -> Iterator[tuple[str, str]]:
    """Path below the root, and its English, each line at its number."""
    for pattern in DOCUMENTS:
        for file in root.glob(pattern):
            yield file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            path = file.relative_to(root)
            if not any(path.match(pattern) for pattern in FRENCH):
                yield path.as_posix(), _english_of(file.read_text(encoding="utf-8"))


def _english_of(source: str) -> str:
    """Docstrings and comments of a module, on the lines on which they stand."""
    lines = [""] * (source.count("\n") + 1)
    tree = ast.parse(source)
    docs = docstrings(tree)
    for node in ast.walk(tree):
        if id(node) in docs and isinstance(node, ast.Constant) and isinstance(node.value, str):
            for number, line in enumerate(node.value.splitlines(), node.lineno - 1):
                lines[number] = line
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            lines[token.start[0] - 1] += f" {token.string}"
    return "\n".join(lines)
