"""Why a cell cannot be read, and how a sentence quotes it."""

_PREVIEW = 40
"""Characters of a cell that a sentence quotes."""


_ERRORS = frozenset(
    "#REF! #N/A #N/D #VALUE! #VALEUR! #DIV/0! #NAME? #NOM? #NUM! #NOMBRE! #NULL! #NUL! #SPILL!"
    " #PROPAGATION! #CALC! #CALCUL! #GETTING_DATA #FIELD! #CHAMP! #BLOCKED! #CONNECT!".split()
)


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


def preview(raw: str) -> str:
    """A cell as it may stand in a sentence: one short line."""
    line = " ".join(raw.split())
    return line if len(line) <= _PREVIEW else f"{line[: _PREVIEW - 1]}…"
