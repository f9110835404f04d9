"""Header names: what people write above a column, and the column it means."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.spreadsheets.cells import UnreadableCell
from shared.spreadsheets.errors import CellError, InvalidSheet, invalid_file


@dataclass(frozen=True)
class Column:
    """A column a file may have: its name, its other names, and whether it must be there."""

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Header:
    """The header of a file: its line, and for each known column its place and its label.

    `labels` are the names as written; `unknown` are the headers no column claims.
    """

    line: int
    places: Mapping[str, int]
    labels: Mapping[str, str]
    unknown: tuple[str, ...]
    width: int


def normalise_header(header: str) -> str:
    """A header without case or accents (in any Unicode form), with `_` for spaces."""
    spread = unicodedata.normalize("NFKD", header).casefold()
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return "_".join(bare.split())


def names_of(columns: Iterable[Column]) -> dict[str, str]:
    """Every normalised name and alias → the column's name."""
    return {normalise_header(n): c.name for c in columns for n in (c.name, *c.aliases)}


def read_header(
    file: str, line: int, cells: Sequence[str], columns: Sequence[Column], ignored: frozenset[str]
) -> Header:
    """Finds the known columns.

    Raises InvalidSheet, naming all of them, for headers named twice and required columns that
    are missing.
    """
    known = names_of(columns)
    written = [(place, cell.strip()) for place, cell in enumerate(cells) if cell.strip()]
    named = [
        (place, cell, known.get(normalise_header(cell), normalise_header(cell)))
        for place, cell in written
    ]
    faults = _unreadable(file, line, cells)
    faults = faults or _twice(file, line, named) + _missing(file, line, named, columns)
    if faults:
        raise InvalidSheet(faults)
    return Header(
        line,
        places={name: place for place, _, name in named},
        labels={name: _label(cell, name) for _, cell, name in named},
        unknown=tuple(c for _, c, n in named if n not in known and n not in ignored),
        width=len(cells),
    )


def _label(cell: str, name: str) -> str:
    return cell if normalise_header(cell) == name else f"{cell} ({name})"


def _unreadable(file: str, line: int, cells: Sequence[str]) -> list[CellError]:
    return [
        CellError(file, line, f"n° {place}", cell.why)
        for place, cell in enumerate(cells, start=1)
        if isinstance(cell, UnreadableCell)
    ]


def _twice(file: str, line: int, named: Sequence[tuple[int, str, str]]) -> list[CellError]:
    seen: set[str] = set()
    faults = []
    for _, cell, name in named:
        if name in seen:
            faults.append(
                CellError(file, line, _label(cell, name), "cet en-tête est là deux fois.")
            )
        seen.add(name)
    return faults


def _missing(
    file: str, line: int, named: Sequence[tuple[int, str, str]], columns: Sequence[Column]
) -> list[CellError]:
    present = {name for _, _, name in named}
    absent = [c for c in columns if c.required and c.name not in present]
    return [
        CellError(file, line, _offer(column), "colonne obligatoire absente.") for column in absent
    ]


def _offer(column: Column) -> str:
    return " ou ".join((column.name, *column.aliases))


def without_header(file: str) -> InvalidSheet:
    """The refusal of a file that holds nothing at all."""
    return invalid_file(file, "fichier vide : il manque jusqu'à la ligne d'en-têtes.")
