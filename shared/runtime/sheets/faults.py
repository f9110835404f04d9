"""What is wrong in a file, said so that the person who made the file finds the place."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_FAULTS = 20
"""Faults listed for one file; the rest is counted."""


@dataclass(frozen=True)
class Fault:
    """One fault. `line` is the physical line (the header is 1), `column` the header as written.

    Both are None for a fault of the file as a whole. The message never repeats a whole cell of
    free text, so that a report can be passed on.
    """

    file: str
    line: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        """`jeunes.csv, ligne 3, colonne « besoins » : …`"""
        place = self.file
        if self.line is not None:
            place += f", ligne {self.line}"
        if self.column is not None:
            place += f", colonne « {self.column} »"
        return f"{place} : {self.message}"


class SheetRefused(Exception):  # noqa: N818 - a refusal, which is a fact, not a failure
    """A file cannot be used. `faults` holds all of them, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.sentences()))

    def sentences(self) -> list[str]:
        """One sentence per fault, `MOST_FAULTS` at most, then how many more there are."""
        listed = [str(fault) for fault in self.faults[:MOST_FAULTS]]
        more = len(self.faults) - len(listed)
        if more:
            listed.append(f"{self.faults[0].file} : et {more} autre{'s' if more > 1 else ''}.")
        return listed


def refused(file: str, message: str, line: int | None = None) -> SheetRefused:
    """The refusal of a whole file, or of one line that ends the reading."""
    return SheetRefused([Fault(file, line, None, message)])
