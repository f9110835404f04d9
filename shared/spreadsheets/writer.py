"""Writing: cells no spreadsheet takes for a formula, and files that are whole or not there."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from shared.spreadsheets.errors import invalid_file

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_TO_QUOTE = re.compile(r'[",;\r\n]')


def escape_formula(cell: str) -> str:
    """A cell that begins like a formula gets an apostrophe in front, so that it stays text.

    `unescape_formula` takes it away again: both together give back every text, also one that
    already began with apostrophes.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """The text that `escape_formula` made safe."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A comma-separated table, every cell safe and quoted where it must be."""
    lines = (",".join(_quote(escape_formula(cell)) for cell in row) for row in (header, *rows))
    return "".join(f"{line}\n" for line in lines)


def _quote(cell: str) -> str:
    """Python's writer leaves a lone carriage return bare, and other readers end the line there."""
    return '"' + cell.replace('"', '""') + '"' if _TO_QUOTE.search(cell) else cell


def check_targets(targets: Sequence[Path], sources: Iterable[Path] = ()) -> None:
    """Raises InvalidSheet for a file that could not be written, before any work is done.

    That is: no folder for it, something there that is no ordinary file, a file that is also read
    (`sources`), or the same file twice.
    """
    taken = {path.resolve() for path in sources}
    for target in targets:
        place = target.resolve()
        if place in taken:
            raise invalid_file(str(target), "ce fichier sert déjà ; choisissez un autre nom.")
        if not place.parent.is_dir():
            raise invalid_file(str(target), "son dossier n'existe pas.")
        if place.exists() and not place.is_file():
            raise invalid_file(str(target), "ce n'est pas un fichier ordinaire.")
        taken.add(place)


def replace_files(contents: Mapping[Path, str]) -> None:
    """Writes files in UTF-8: to the side first, and renamed only when all of them are written.

    A failure leaves whatever stood there before. What is new is its owner's alone: pairs and
    refused rows are about people. Raises OSError.
    """
    beside = {path: path.resolve().with_name(_side_name(path)) for path in contents}
    try:
        for path, content in contents.items():
            beside[path].touch(_mode_of(path), exist_ok=False)
            with beside[path].open("w", encoding="utf-8", newline="") as file:
                file.write(content)
        for path, written in beside.items():
            written.replace(path.resolve())
    finally:
        for written in beside.values():
            written.unlink(missing_ok=True)


def _mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777 if path.exists() else 0o600


def _side_name(path: Path) -> str:
    return f".{path.name[:100]}.{secrets.token_hex(4)}"
