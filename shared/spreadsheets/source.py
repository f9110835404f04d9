"""From the bytes of a file to lines of cells, whatever program wrote them."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from shared.spreadsheets.csv import read_csv_lines
from shared.spreadsheets.errors import invalid_file
from shared.spreadsheets.xlsx import read_workbook_lines

_ZIP = b"PK\x03\x04"
MOST_BYTES = 100_000_000
_NEVER_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_A_SHEET = (
    "ce n'est ni un tableau en texte (CSV) ni un classeur XLSX ; "
    "enregistrez le tableau en CSV ou en XLSX."
)


def read_lines(path: Path, known: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something: physical line number (from 1) and cells as written.

    CSV and XLSX are told apart by content, not by name; `known` are the normalised headers that
    tell comma from semicolon. Raises InvalidSheet when the file cannot be opened or is neither.
    """
    file = str(path)
    content = _content(path)
    if content.startswith(_ZIP):
        return read_workbook_lines(file, content)
    return read_csv_lines(file, _decode(file, content), known)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            most = f"{MOST_BYTES // 1_000_000} Mo au plus"
            raise invalid_file(str(path), f"ce fichier est trop gros ({most}) ; partagez-le.")
        return path.read_bytes()
    except FileNotFoundError:
        raise invalid_file(str(path), "ce fichier n'existe pas.") from None
    except IsADirectoryError:
        raise invalid_file(str(path), "c'est un dossier, pas un fichier.") from None
    except OSError as error:
        raise invalid_file(str(path), f"illisible ({error.strerror}).") from error


def _decode(file: str, content: bytes) -> str:
    """UTF-8 with or without BOM, else cp1252 (what a French Excel writes)."""
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_cp1252(file, content)
    if _NEVER_IN_TEXT.search(text):
        raise invalid_file(file, _NOT_A_SHEET)
    return text


def _decode_cp1252(file: str, content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise invalid_file(file, _NOT_A_SHEET) from None
