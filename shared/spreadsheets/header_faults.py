"""What is wrong with a header: cells that cannot be read, names twice, columns that are missing."""

from collections.abc import Sequence

from shared.spreadsheets.cell_errors import UnreadableCell
from shared.spreadsheets.columns import Column, normalise_header
from shared.spreadsheets.errors import CellError


def header_label(cell: str, name: str) -> str:
    """A header as written, with the name of its column where that is another."""
    return cell if normalise_header(cell) == name else f"{cell} ({name})"


def unreadable_headers(file: str, line: int, cells: Sequence[str]) -> list[CellError]:
    """A fault for each cell that cannot be read."""
    return [
        CellError(file, line, f"n° {place}", cell.why)
        for place, cell in enumerate(cells, start=1)
        if isinstance(cell, UnreadableCell)
    ]


def repeated_headers(
    file: str, line: int, named: Sequence[tuple[int, str, str]]
) -> list[CellError]:
    """A fault for each name that stands there a second time; `named` holds (place, cell, name)."""
    seen: set[str] = set()
    faults = []
    for _, cell, name in named:
        if name in seen:
            faults.append(
                CellError(file, line, header_label(cell, name), "cet en-tête est là deux fois.")
            )
        seen.add(name)
    return faults


def missing_columns(
    file: str, line: int, named: Sequence[tuple[int, str, str]], columns: Sequence[Column]
) -> list[CellError]:
    """A fault for each required column that is not there; `named` holds (place, cell, name)."""
    present = {name for _, _, name in named}
    absent = [c for c in columns if c.required and c.name not in present]
    return [
        CellError(file, line, _offer(column), "colonne obligatoire absente.") for column in absent
    ]


def _offer(column: Column) -> str:
    return " ou ".join((column.name, *column.aliases))
