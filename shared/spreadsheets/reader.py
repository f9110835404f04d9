"""A sheet as rows of named cells, each fault kept with its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from shared.spreadsheets.cell_errors import InvalidCell, UnknownCode, check_readable, is_readable
from shared.spreadsheets.columns import Column, names_of, normalise_header
from shared.spreadsheets.errors import CellError, InvalidSheet
from shared.spreadsheets.header import Header, read_header, without_header
from shared.spreadsheets.source import read_lines

T = TypeVar("T")


@dataclass
class Row:
    """One row: `line` is its physical line, `faults` what has been found wrong in it so far."""

    file: str
    line: int
    cells: Mapping[str, str]
    labels: Mapping[str, str]
    faults: list[CellError] = field(default_factory=list)

    def take(self, column: str, read: Callable[[str], T]) -> T:
        """The value of a cell that must be filled.

        A cell that is empty or refused becomes a fault of the row and gives None: a row with
        faults is never used, so its record may hold anything.
        """
        if not self.cells.get(column, "").strip():
            self.refuse(column, "à remplir.")
            return cast("T", None)
        return self._read(column, read)

    def take_or(self, column: str, read: Callable[[str], T], default: T) -> T:
        """The value of a cell, or `default` where it is empty or the column is absent."""
        if not self.cells.get(column, "").strip():
            return default
        return self._read(column, read)

    def unreadable(self) -> list[str]:
        """The columns whose cell shows something that cannot be read, such as `#REF!`."""
        return [column for column, cell in self.cells.items() if not is_readable(cell)]

    def refuse(self, column: str, message: str, *, unknown_code: bool = False) -> None:
        """Adds a fault found in a cell of this row."""
        label = self.labels.get(column, column)
        self.faults.append(CellError(self.file, self.line, label, message, unknown_code))

    def names_unknown_codes_only(self) -> bool:
        """Whether nothing else is wrong with it."""
        return bool(self.faults) and all(fault.unknown_code for fault in self.faults)

    def _read(self, column: str, read: Callable[[str], T]) -> T:
        try:
            check_readable(self.cells[column])
            return read(self.cells[column])
        except InvalidCell as refusal:
            self.refuse(column, str(refusal), unknown_code=isinstance(refusal, UnknownCode))
            return cast("T", None)


class Sheet:
    """A file whose header has been understood; its rows are read once, as they are asked for."""

    def __init__(self, file: str, header: Header, lines: Iterator[tuple[int, list[str]]]) -> None:
        self.file = file
        self.columns = frozenset(header.places)
        self.warnings = _unknown_columns(file, header)
        self.aside: list[Row] = []
        """Rows set aside by `read_known`, with their faults."""
        self._header = header
        self._lines = lines

    def rows(self) -> Iterator[Row]:
        """The rows that hold something, in the order of the file. Raises InvalidSheet where the
        file itself cannot be read on."""
        count = 0
        for count, (line, cells) in enumerate(self._lines, start=1):  # noqa: B007 - it is looked at after the loop
            yield self._row(line, cells)
        if not count:
            self.warnings.append(f"{self.file} : des en-têtes, mais aucune ligne.")

    def read(self, build: Callable[[Row], T]) -> list[T]:
        """One record for each row. Raises InvalidSheet with every fault of the file."""
        return self._records(build, aside=False)

    def read_known(self, build: Callable[[Row], T]) -> list[T]:
        """As `read`, but a row that only names unknown codes is set aside, with a warning."""
        records = self._records(build, aside=True)
        left = InvalidSheet(fault for row in self.aside for fault in row.faults)
        self.warnings.extend(f"{sentence} Ligne mise de côté." for sentence in left.sentences())
        return records

    def _records(self, build: Callable[[Row], T], *, aside: bool) -> list[T]:
        records: list[T] = []
        faults: list[CellError] = []
        try:
            for row in self.rows():
                record = build(row)
                if aside and row.names_unknown_codes_only():
                    self.aside.append(row)
                    continue
                records.append(record)
                faults.extend(row.faults)
        except InvalidSheet as unreadable:
            faults.extend(unreadable.faults)
        if faults:
            raise InvalidSheet(faults)
        return records

    def _row(self, line: int, cells: Sequence[str]) -> Row:
        places, width = self._header.places, self._header.width
        named = {name: cells[place] for name, place in places.items() if place < len(cells)}
        row = Row(self.file, line, named, self._header.labels)
        if any(cell.strip() for cell in cells[width:]):
            extra = "plus de cellules que d'en-têtes (un texte à mettre entre guillemets ?)."
            row.faults.append(CellError(self.file, line, f"n° {width + 1}", extra))
        return row


def read_sheet(path: Path, columns: Sequence[Column], ignored: Sequence[str] = ()) -> Sheet:
    """Opens a CSV or XLSX file and understands its header.

    `ignored` are headers that may be there and are of no interest; any other unknown header is
    ignored with one warning. Raises InvalidSheet.
    """
    set_aside = frozenset(map(normalise_header, ignored))
    lines = read_lines(path, frozenset(names_of(columns)) | set_aside)
    first = next(lines, None)
    if first is None:
        raise without_header(str(path))
    header = read_header(str(path), *first, columns, set_aside)
    return Sheet(str(path), header, lines)


def _unknown_columns(file: str, header: Header) -> list[str]:
    if not header.unknown:
        return []
    named = ", ".join(f"« {name} »" for name in header.unknown)
    return [f"{file} : colonnes inconnues, ignorées : {named}."]
