"""XLSX: the first sheet, its dates and numbers turned into the text a CSV would hold."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time

from shared.runtime.sheets.faults import refused

_MOST_BYTES = 1_000_000_000
"""Unpacked size beyond which a workbook is refused: a small file must not fill the memory."""


def workbook_lines(file: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that hold something: row number (from 1) and cells as text.

    Raises SheetRefused for a ZIP that is no workbook, or one that unpacks beyond reason.
    """
    for line, values in enumerate(_rows(file, content), start=1):
        cells = [cell_text(value) for value in values]
        if any(cell.strip() for cell in cells):
            yield line, cells


def _rows(file: str, content: bytes) -> Iterator[tuple[object, ...]]:
    """openpyxl raises whatever its XML and ZIP readers meet: all of it means "not a workbook"."""
    try:
        _check_size(file, content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and lists that are not read here
            yield from _first_sheet(content)
    except (KeyError, ValueError, OSError, SyntaxError, AttributeError, TypeError) as error:
        raise _broken(file) from error
    except zipfile.BadZipFile as error:
        raise _broken(file) from error


def _first_sheet(content: bytes) -> Iterator[tuple[object, ...]]:
    from openpyxl import load_workbook  # half a second that only workbooks need

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    if not book.worksheets:
        raise ValueError("no sheet")
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # some writers state a wrong extent
    yield from sheet.iter_rows(values_only=True)
    book.close()


def _check_size(file: str, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
            raise refused(file, "ce classeur est trop gros une fois décompressé.")


def _broken(file: str) -> Exception:
    return refused(file, "ce classeur XLSX est illisible ; enregistrez-le de nouveau.")


def cell_text(value: object) -> str:
    """What a CSV would hold: 3.0 → `3`, a date → ISO, True → `true`, empty → ``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
