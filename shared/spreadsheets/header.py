"""The header of a file: which column stands where, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.spreadsheets.columns import Column, names_of, normalise_header
from shared.spreadsheets.errors import InvalidSheet, invalid_file
from shared.spreadsheets.header_faults import (
    header_label,
    missing_columns,
    repeated_headers,
    unreadable_headers,
)


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
    faults = unreadable_headers(file, line, cells)
    faults = faults or repeated_headers(file, line, named) + missing_columns(
        file, line, named, columns
    )
    if faults:
        raise InvalidSheet(faults)
    return Header(
        line,
        places={name: place for place, _, name in named},
        labels={name: header_label(cell, name) for _, cell, name in named},
        unknown=tuple(c for _, c, n in named if n not in known and n not in ignored),
        width=len(cells),
    )


def without_header(file: str) -> InvalidSheet:
    """The refusal of a file that holds nothing at all."""
    return invalid_file(file, "fichier vide : il manque jusqu'à la ligne d'en-têtes.")
