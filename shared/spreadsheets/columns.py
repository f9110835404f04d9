"""Columns that a file may have, and the headers that people write above them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column a file may have: its name, its other names, and whether it must be there."""

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False


def normalise_header(header: str) -> str:
    """A header without case or accents (in any Unicode form), with `_` for spaces."""
    spread = unicodedata.normalize("NFKD", header).casefold()
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return "_".join(bare.split())


def names_of(columns: Iterable[Column]) -> dict[str, str]:
    """Every normalised name and alias → the column's name."""
    return {normalise_header(n): c.name for c in columns for n in (c.name, *c.aliases)}
