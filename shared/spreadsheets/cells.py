"""One cell: from the text in it to a value, or the reason why not.

A reader is a function from the text of a cell that is not empty to a value; it raises InvalidCell
with a French sentence. `Row.take` deals with empty cells.
"""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime

from shared.contracts.calendar import FIRST_YEAR, LAST_YEAR, is_plausible
from shared.contracts.types import PARIS

MOST_LETTERS = 64
"""The longest identifier."""

_YES = frozenset({"yes", "oui", "true", "vrai", "1"})
_NO = frozenset({"no", "non", "false", "faux", "0"})
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
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
    word = raw.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise InvalidCell(f"« {preview(raw)} » n'est ni oui ni non.")


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
    offered = f" ({', '.join(vocabulary)})" if len(vocabulary) <= 21 else ""
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
    written = raw.strip()
    try:
        if french := _FRENCH_DAY.fullmatch(written):
            read = datetime(int(french[3]), int(french[2]), int(french[1]), tzinfo=PARIS)
        elif _ISO_DAY.fullmatch(written) or _ISO_MOMENT.fullmatch(written):
            read = datetime.fromisoformat(written)
        else:
            raise InvalidCell(f"« {preview(raw)} » n'est pas une date ({_FORMS}).")
    except ValueError:
        raise InvalidCell(f"« {preview(raw)} » n'existe pas au calendrier.") from None
    if not is_plausible(read):
        raise InvalidCell(f"« {preview(raw)} » : l'année va de {FIRST_YEAR} à {LAST_YEAR}.")
    return read if read.tzinfo else read.replace(tzinfo=PARIS)


def day(raw: str) -> date:
    """The calendar day in Paris of a date, or of a date and time."""
    return moment(raw).astimezone(PARIS).date()


def preview(raw: str) -> str:
    """A cell as it may stand in a sentence: one short line."""
    line = " ".join(raw.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
