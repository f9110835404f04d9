"""Secrets of one folder: made on first use, kept in a file that only its owner reads."""

import json
import os
from pathlib import Path
from secrets import token_urlsafe


class Secrets:
    """The secrets of a run, in `<folder>/secrets.json` (mode 0600)."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "secrets.json"
        self._known: dict[str, str] = {}
        if self._file.exists():
            self._known = json.loads(self._file.read_text())

    def get(self, name: str) -> str:
        """The secret of that name, 256 random bits, made now when it is not there yet."""
        if name not in self._known:
            self._known[name] = token_urlsafe(32)
            write_private(self._file, json.dumps(self._known, indent=1))
        return self._known[name]


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
