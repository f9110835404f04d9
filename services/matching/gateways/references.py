"""Ids that should be somebody of another file: whom to avoid, who met before, which association.

A prohibition that names nobody is void, and nobody would notice. It is reported; where an id of the
other file differs by case, zeros, blanks or a wrong separator only, the file is refused.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from shared.spreadsheets import MOST_FAULTS, CellError, Row, preview

T = TypeVar("T")

_SEPARATORS = re.compile(r"[,;/\s]+")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)", re.ASCII)


@dataclass(frozen=True)
class Reference:
    """An id as a cell names it, and the place of the cell. `target` is whose id it should be.

    `meant`: the ids it stands for, any of which resolves it.
    """

    file: str
    line: int
    column: str
    named: str
    target: str
    meant: frozenset[str]


@dataclass(frozen=True)
class Target:
    """The ids of a file that was given."""

    file: Path
    ids: frozenset[str]


@dataclass(frozen=True)
class Named:
    """What a column names: ids of `target`, one, or several separated by `|`."""

    target: str
    in_list: bool = False

    def items(self, cell: str) -> list[str]:
        """The ids in a cell, as written."""
        return [item for item in (cell.split("|") if self.in_list else [cell]) if item.strip()]


@dataclass
class References:
    """Notes the references of rows while they are read; each is noted once for a column."""

    noted: dict[tuple[str, str, str], Reference] = field(default_factory=dict)

    def noting(self, build: Callable[[Row], T], columns: Mapping[str, Named]) -> Callable[[Row], T]:
        """`build`, which also notes what these columns name."""

        def read(row: Row) -> T:
            record = build(row)
            for column, named in columns.items():
                self._note(row, column, named)
            return record

        return read

    def _note(self, row: Row, column: str, named: Named) -> None:
        label = row.labels.get(column, column)
        for item in named.items(row.cells.get(column, "")):
            meant = frozenset((item, item.strip() if named.in_list else item))
            noted = Reference(row.file, row.line, label, item, named.target, meant)
            self.noted.setdefault((row.file, label, item), noted)


def judge_references(
    references: Iterable[Reference], targets: Mapping[str, Target]
) -> tuple[list[CellError], list[CellError]]:
    """What names nobody in the files that were given: (errors, with a near id; warnings)."""
    errors, warnings = [], []
    near: dict[str, dict[str, str]] = {}
    for reference in references:
        target = targets.get(reference.target)
        if target is None or reference.meant & target.ids:
            continue
        if reference.target not in near:
            near[reference.target] = {_bare(known): known for known in target.ids}
        if near_ids := _near_ids(reference.named, near[reference.target]):
            errors.append(_misspelt(reference, near_ids, target.file))
        else:
            warnings.append(_void(reference, target.file))
    return errors, warnings


def sentences(warnings: list[CellError]) -> list[str]:
    """A sentence for each, `MOST_FAULTS` at most, then how many more there are."""
    more = len(warnings) - MOST_FAULTS
    rest = [f"{more} autres références ne désignent personne."] if more > 0 else []
    return [str(warning) for warning in warnings[:MOST_FAULTS]] + rest


def _near_ids(named: str, near: Mapping[str, str]) -> list[str]:
    if whole := near.get(_bare(named)):
        return [whole]
    pieces = [piece for piece in _SEPARATORS.split(named) if piece]
    names = [near[_bare(piece)] for piece in pieces if _bare(piece) in near]
    return names if len(pieces) > 1 else []


def _bare(named: str) -> str:
    """An id without what people get wrong: case, forms of letters, blanks, zeros in front."""
    folded = unicodedata.normalize("NFKC", named).casefold()
    return _ZEROS.sub("", "".join(folded.split()))


def _misspelt(reference: Reference, near: list[str], file: Path) -> CellError:
    offered = " | ".join(f"« {preview(known_id)} »" for known_id in near)
    return _fault(
        reference,
        f"« {preview(reference.named)} » n'est pas un id de {file}, mais {offered} l'est : écrivez "
        "l'id exactement comme là-bas, et séparez plusieurs id par |.",
    )


def _void(reference: Reference, file: Path) -> CellError:
    return _fault(
        reference, f"« {preview(reference.named)} » n'est pas un id de {file} : sans effet."
    )


def _fault(reference: Reference, message: str) -> CellError:
    return CellError(reference.file, reference.line, reference.column, message)
