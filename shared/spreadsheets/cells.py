"""One cell: from the text in it to a value, or the reason why not.

A reader is a function from the text of a cell that is not empty to a value; it raises InvalidCell
with a French sentence. `Row.take` deals with empty cells.
"""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import TypeVar

from shared.contracts.calendar import FIRST_YEAR, LAST_YEAR
from shared.contracts.parsing import (
    NoSuchDay,
    NotADate,
    YearOutOfBounds,
    parse_birth_date,
    parse_commune,
    parse_day,
    parse_department,
    parse_moment,
    parse_yes_no,
)

_MOST_OFFERED = 21
"""Values that fit into a sentence: the sectors do, the municipalities do not."""
_PREVIEW = 40
"""Characters of a cell that a sentence quotes."""

D = TypeVar("D", bound=date)
MOST_LETTERS = 64
"""The longest identifier."""

_ERRORS = frozenset(
    "#REF! #N/A #N/D #VALUE! #VALEUR! #DIV/0! #NAME? #NOM? #NUM! #NOMBRE! #NULL! #NUL! #SPILL!"
    " #PROPAGATION! #CALC! #CALCUL! #GETTING_DATA #FIELD! #CHAMP! #BLOCKED! #CONNECT!".split()
)
_FORMS = "attendu 2026-01-10, 2026-01-10T09:30:00+01:00 ou 10/01/2026"


class InvalidCell(Exception):
    """The text of a cell is not what its column takes; str() is the French sentence."""


class UnknownCode(InvalidCell):
    """A code that its vocabulary does not hold, or does not hold any more."""


class UnreadableCell(str):
    """A cell that shows something and holds nothing we can read; `why` says so in French.

    It is never empty: a birth date that cannot be read must not make an adult of a child.
    """

    why: str

    def __new__(cls, why: str) -> "UnreadableCell":
        """A cell that reads `[illisible]`; `why` is the end of a French sentence about it."""
        made = super().__new__(cls, "[illisible]")
        made.why = why
        return made


def check_readable(cell: str) -> None:
    """Raises InvalidCell for a cell that cannot be read, also where a CSV quotes an error."""
    if isinstance(cell, UnreadableCell):
        raise InvalidCell(cell.why)
    if cell.strip().upper() in _ERRORS:
        raise InvalidCell(f"une erreur du tableur ({cell.strip()}).")


def is_readable(cell: str) -> bool:
    """Whether `check_readable` has nothing to say; an empty cell is readable."""
    try:
        check_readable(cell)
    except InvalidCell:
        return False
    return True


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


def code(
    vocabulary: Collection[str], refusal: type[InvalidCell] = InvalidCell
) -> Callable[[str], str]:
    """A reader of one code of a closed list, whatever its case."""
    written = {word.casefold(): word for word in vocabulary}

    def read(raw: str) -> str:
        try:
            return written[raw.strip().casefold()]
        except KeyError:
            raise refusal(_unknown(raw, vocabulary)) from None

    return read


def _unknown(raw: str, vocabulary: Collection[str]) -> str:
    offered = f" ({', '.join(vocabulary)})" if len(vocabulary) <= _MOST_OFFERED else ""
    return f"« {preview(raw)} » n'est pas une valeur connue{offered}."


def item_list(read_item: Callable[[str], str]) -> Callable[[str], frozenset[str]]:
    """A reader of items separated by `|`; one named twice counts once, an empty one not at all."""

    def read(raw: str) -> frozenset[str]:
        items = frozenset(read_item(item) for item in raw.split("|") if item.strip())
        if not items:
            raise InvalidCell("liste vide.")
        return items

    return read


def code_list(
    vocabulary: Collection[str], refusal: type[InvalidCell] = InvalidCell
) -> Callable[[str], frozenset[str]]:
    """A reader of codes separated by `|`."""
    return item_list(code(vocabulary, refusal))


def moment(raw: str) -> datetime:
    """A date, or a date and time, as a moment with its zone; a date alone is midnight in Paris."""
    return _parse_date(parse_moment, raw)


def day(raw: str) -> date:
    """The calendar day in Paris of a date, or of a date and time."""
    return _parse_date(parse_day, raw)


def birth_date(raw: str) -> date:
    """A birth date, or a year alone, which counts as its last day."""
    return _parse_date(parse_birth_date, raw)


def _parse_date(parse: Callable[[str], D], raw: str) -> D:
    try:
        return parse(raw)
    except YearOutOfBounds:
        raise InvalidCell(
            f"« {preview(raw)} » : l'année va de {FIRST_YEAR} à {LAST_YEAR}."
        ) from None
    except NoSuchDay:
        raise InvalidCell(f"« {preview(raw)} » n'existe pas au calendrier.") from None
    except NotADate:
        raise InvalidCell(f"« {preview(raw)} » n'est pas une date ({_FORMS}).") from None


def department_code(raw: str) -> str:
    """A département's code; a spreadsheet's `1` is `01`."""
    code = parse_department(raw)
    if code is None:
        raise UnknownCode(
            f"« {preview(raw)} » n'est pas un département (01 à 95, 2A, 2B, 971…976)."
        )
    return code


def commune_code(raw: str) -> str:
    """An INSEE code; a spreadsheet's `1004` is `01004`."""
    code = parse_commune(raw)
    if code is None:
        raise InvalidCell(f"« {preview(raw)} » n'est pas un code INSEE de commune (5 signes).")
    return code


def preview(raw: str) -> str:
    """A cell as it may stand in a sentence: one short line."""
    line = " ".join(raw.split())
    return line if len(line) <= _PREVIEW else f"{line[: _PREVIEW - 1]}…"
