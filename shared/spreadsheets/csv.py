"""CSV: comma or semicolon, quotes, and the physical line each record begins on."""

import csv
import io
from collections.abc import Iterator

from shared.spreadsheets.columns import normalise_header
from shared.spreadsheets.errors import invalid_file


def read_csv_lines(file: str, text: str, known: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    """The records that hold something, each with the physical line it begins on.

    Raises InvalidSheet at a record whose quotes make it unreadable: guessing on would swallow
    the rows after it.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=detect_delimiter(text, known), strict=True
    )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise invalid_file(file, _unreadable(error), line) from error
        if any(cell.strip() for cell in cells):
            yield line, cells


def detect_delimiter(text: str, known: frozenset[str]) -> str:
    """`,` or `;`: the one under which more wanted headers appear, else more cells, else `,`."""

    def count_known(delimiter: str) -> tuple[int, int]:
        header = _first_cells(text, delimiter)
        return sum(normalise_header(cell) in known for cell in header), len(header)

    return max(",;", key=count_known)


def _first_cells(text: str, delimiter: str) -> list[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return next(filter(any, reader), [])
    except csv.Error:  # said with its line when the file is read for good
        return []


def _unreadable(error: csv.Error) -> str:
    if "field larger" in str(error) or "unexpected end" in str(error):
        return "un guillemet ouvert sur cette ligne n'est jamais refermé."
    return "des guillemets mal placés rendent cette ligne illisible."
