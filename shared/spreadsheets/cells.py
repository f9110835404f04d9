"""One cell: from the text in it to a value, or the reason why not.

A reader is a function from the text of a cell that is not empty to a value; it raises InvalidCell
with a French sentence. `Row.take` deals with empty cells.
"""

import re
from collections.abc import Callable

from shared.contracts.parsing import parse_yes_no
from shared.spreadsheets.cell_errors import InvalidCell, preview

MOST_LETTERS = 64
"""The longest identifier."""


def text(raw: str) -> str:
    """The text without the spaces around it."""
    return raw.strip()


def identifier(raw: str) -> str:
    """An id exactly as written (case and spaces count), at most 64 characters."""
    if len(raw) > MOST_LETTERS:
        raise InvalidCell(f"{len(raw)} caractères, {MOST_LETTERS} au plus.")
    return raw


def boolean(raw: str) -> bool:
    """yes/no, oui/non, true/false, 1/0."""
    answer = parse_yes_no(raw)
    if answer is None:
        raise InvalidCell(f"« {preview(raw)} » n'est ni oui ni non.")
    return answer


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""
    limits = f"de {least} à {most}" if most is not None else f"à partir de {least}"

    def read(raw: str) -> int:
        digits = raw.strip()
        if not re.fullmatch(r"[+-]?\d{1,9}", digits, re.ASCII):
            raise InvalidCell(f"« {preview(raw)} » n'est pas un nombre entier.")
        if int(digits) < least or (most is not None and int(digits) > most):
            raise InvalidCell(f"{int(digits)} est hors limites ({limits}).")
        return int(digits)

    return read
