"""Cells that hold codes of a closed list, and lists of them."""

from collections.abc import Callable, Collection

from shared.contracts.parsing import parse_commune, parse_department
from shared.spreadsheets.cell_errors import InvalidCell, UnknownCode, preview

_MOST_OFFERED = 21
"""Values that fit into a sentence: the sectors do, the municipalities do not."""


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
