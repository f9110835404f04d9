"""The pairs file: what `binome match` writes and `binome verify` reads again."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from services.matching.domain.round_result import Pair
from services.matching.domain.weights import COMPONENTS, Components
from shared.spreadsheets import (
    Column,
    InvalidCell,
    Row,
    csv_text,
    preview,
    read_sheet,
    unescape_formula,
)

HEADER = ("mentee_id", "mentor_id", "score", "components")
_FIGURE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
DIGITS = 6
"""Decimals of every figure in the file."""


@dataclass(frozen=True)
class StatedPair:
    """A pair as a file states it; figures carry `DIGITS` decimals, no more."""

    line: int
    mentee_id: str
    mentor_id: str
    score: float
    components: Components


def pairs_text(pairs: Iterable[Pair]) -> str:
    """The pairs as CSV, sorted by mentee id (code points)."""
    ordered = sorted(pairs, key=lambda pair: (pair.mentee_id, pair.mentor_id))
    return csv_text(HEADER, (_cells(pair) for pair in ordered))


def _cells(pair: Pair) -> tuple[str, str, str, str]:
    components = "|".join(
        f"{name}={value:.{DIGITS}f}" for name, value in pair.components.by_name().items()
    )
    return pair.mentee_id, pair.mentor_id, f"{pair.score:.{DIGITS}f}", components


def read_pairs(path: Path) -> list[StatedPair]:
    """The pairs of a file. Raises InvalidSheet with every fault."""
    sheet = read_sheet(path, tuple(Column(name, required=True) for name in HEADER))
    return sheet.read(_read_pair)


def _read_pair(row: Row) -> StatedPair:
    return StatedPair(
        row.line,
        row.take("mentee_id", unescape_formula),
        row.take("mentor_id", unescape_formula),
        row.take("score", _figure),
        row.take("components", _components),
    )


def _figure(raw: str) -> float:
    written = raw.strip()
    if not _FIGURE.fullmatch(written) or not math.isfinite(float(written)):
        raise InvalidCell(f"« {preview(raw)} » n'est pas un nombre.")
    return float(written)


def _components(raw: str) -> Components:
    named = [part.partition("=") for part in raw.strip().split("|")]
    if tuple(name for name, _, _ in named) != COMPONENTS:
        raise InvalidCell(f"attendu {'|'.join(f'{name}=…' for name in COMPONENTS)}.")
    return Components(*(_figure(value) for _, _, value in named))
