"""What is wrong in a file, said so that the person who made the file finds the place."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

MOST_FAULTS = 20
"""Faults listed for one file; the rest is counted."""


@dataclass(frozen=True)
class CellError:
    """One fault. `line` is the physical line (the header is 1), `column` the header as written.

    Both are None for a fault of the file as a whole. The message never repeats a whole cell of
    free text, so that a report can be passed on.
    """

    file: str
    line: int | None
    column: str | None
    message: str
    unknown_code: bool = False
    """A code of no vocabulary of ours: what is wrong is known, and of this row alone."""

    def __str__(self) -> str:
        """As it is shown: `jeunes.csv, ligne 3, colonne « besoins » : …`."""
        place = self.file
        if self.line is not None:
            place += f", ligne {self.line}"
        if self.column is not None:
            place += f", colonne « {self.column} »"
        return f"{place} : {self.message}"


class InvalidSheet(Exception):
    """A file cannot be used. `faults` holds all of them, in the order of the file."""

    def __init__(self, faults: Iterable[CellError]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.sentences()))

    def sentences(self) -> list[str]:
        """One sentence per fault, `MOST_FAULTS` at most for a file, then how many more it has."""
        written: list[str] = []
        for file, faults in groupby(self.faults, key=lambda fault: fault.file):
            written.extend(_list_faults(file, tuple(faults)))
        return written


def _list_faults(file: str, faults: tuple[CellError, ...]) -> list[str]:
    more = len(faults) - MOST_FAULTS
    rest = [f"{file} : et {more} autre{'s' if more > 1 else ''}."] if more > 0 else []
    return [str(fault) for fault in faults[:MOST_FAULTS]] + rest


def invalid_file(file: str, message: str, line: int | None = None) -> InvalidSheet:
    """The refusal of a whole file, or of one line that ends the reading."""
    return InvalidSheet([CellError(file, line, None, message)])
