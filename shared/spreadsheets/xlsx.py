"""XLSX: the first sheet, its dates and numbers turned into the text a CSV would hold.

What a cell shows but does not hold (a formula without a stored value, an error, the rest of merged
cells) is an `UnreadableCell`, never an empty one.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import IO, Any

from shared.spreadsheets.cell_errors import UnreadableCell
from shared.spreadsheets.errors import InvalidSheet, invalid_file
from shared.spreadsheets.unpacked_size import check_unpacked_size

MOST_COLUMNS = 1000
MOST_MERGED = 100_000
"""Cells that are merged with another one."""

_FORMULA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"
_VALUE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}v"
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_CHUNK, _LONGEST_TAG = 1 << 20, 200

WITHOUT_VALUE = UnreadableCell(
    "une formule sans valeur enregistrée ; ouvrez le classeur dans un tableur et enregistrez-le, "
    "ou remplacez la formule par sa valeur."
)
PART_OF_MERGED = UnreadableCell(
    "cellule fusionnée avec une autre ; défaites la fusion et remplissez chaque cellule."
)

Merged = Mapping[int, set[int]]
"""Line → columns (from 1) that a merged cell above or to the left covers."""


def read_workbook_lines(file: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that hold something: row number (from 1) and cells as text.

    Raises InvalidSheet for a ZIP that is no workbook, or one that unpacks beyond reason. openpyxl
    raises whatever its XML and ZIP readers meet: all of it means "not a workbook".
    """
    try:
        check_unpacked_size(file, content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and lists that are not read here
            yield from _first_sheet(content)
    except InvalidSheet:
        raise
    except Exception as error:
        broken = "ce classeur XLSX est illisible ; enregistrez-le de nouveau."
        raise invalid_file(file, broken) from error


def _first_sheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    book: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = sheet._worksheet_path
        with archive.open(path) as source:
            merged = _read_merged_cells(source)
        with archive.open(path) as source:
            for line, cells in _parser(book, sheet, source).parse():
                filled = _read_row(cells, merged.get(line, set()))
                if any(cell.strip() for cell in filled if cell is not PART_OF_MERGED):
                    yield line, filled
    book.close()


def _parser(book: Any, sheet: Any, source: IO[bytes]) -> Any:
    """openpyxl's own reader of rows, which also tells a formula from an empty cell."""
    from openpyxl.worksheet._reader import WorkSheetParser

    class Parser(WorkSheetParser):
        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            if cell["data_type"] == "e":
                cell["value"] = UnreadableCell(f"une erreur du tableur ({cell['value']}).")
            elif cell["value"] is None and element.find(_FORMULA) is not None:
                # The result of a formula may be an empty text: then its kind is stored with it.
                stored = element.get("t") == "str" and element.find(_VALUE) is not None
                cell["value"] = None if stored else WITHOUT_VALUE
            return cell

    return Parser(
        source,
        sheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _read_row(cells: list[dict[str, Any]], merged: set[int]) -> list[str]:
    texts = {cell["column"]: cell_text(cell["value"]) for cell in cells}
    texts |= dict.fromkeys((column for column in merged if not texts.get(column)), PART_OF_MERGED)
    width = max((column for column, text in texts.items() if text), default=0)
    if width > MOST_COLUMNS:
        raise ValueError("too many columns")
    return [texts.get(column, "") for column in range(1, width + 1)]


def _read_merged_cells(source: IO[bytes]) -> Merged:
    """The list of merged cells stands behind the rows that it concerns."""
    from openpyxl.utils import column_index_from_string

    covered: dict[int, set[int]] = {}
    count = 0
    for left, top, right, bottom in _iter_merged_ranges(source):
        first, last = (column_index_from_string(x.decode()) for x in (left, right))
        rows, columns = range(int(top), int(bottom) + 1), range(first, last + 1)
        count += len(rows) * len(columns)
        if count > MOST_MERGED:
            raise ValueError("too many merged cells")
        for row in rows:
            covered.setdefault(row, set()).update(columns)
        covered[rows[0]].discard(first)
    return covered


def _iter_merged_ranges(source: IO[bytes]) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    rest = b""
    while chunk := source.read(_CHUNK):
        text = rest + chunk
        end = 0
        for match in _MERGED.finditer(text):
            yield match[1], match[2], match[3], match[4]
            end = match.end()
        rest = text[max(end, len(text) - _LONGEST_TAG) :]


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
    return value if isinstance(value, str) else str(value)
