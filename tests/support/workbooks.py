"""Workbooks as other programs write them: sheets of raw XML, packed like any XLSX."""

import io
import zipfile
from collections.abc import Iterable, Mapping

from openpyxl import Workbook

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def worksheet(rows: Iterable[str], merged: Iterable[str] = ()) -> str:
    """A sheet of these rows, each the XML of its cells."""
    numbered = "".join(f'<row r="{n}">{cells}</row>' for n, cells in enumerate(rows, start=1))
    ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    behind = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
    return f"{_HEAD}<worksheet {_MAIN}><sheetData>{numbered}</sheetData>{behind}</worksheet>"


def text_cell(place: str, text: str) -> str:
    """A cell that holds its text itself."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def text_row(line: int, *texts: str) -> str:
    """The cells of a row of texts, from column A."""
    return "".join(text_cell(f"{chr(65 + at)}{line}", text) for at, text in enumerate(texts))


def pack(sheet: str | bytes, others: Mapping[str, str | bytes] | None = None) -> bytes:
    """A workbook whose first sheet is this XML; `others`: more entries, or other contents."""
    plain = io.BytesIO()
    Workbook().save(plain)
    content = io.BytesIO()
    replaced = {"xl/worksheets/sheet1.xml": sheet, **(others or {})}
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            if name not in replaced:
                target.writestr(name, source.read(name))
        for name, entry in replaced.items():
            target.writestr(name, entry)
    return content.getvalue()
