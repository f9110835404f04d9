"""The cells that only matching's files have: clearances, languages, ids to avoid."""

from services.matching.gateways.languages import ISO_639_1
from shared.contracts.clearance import Clearance
from shared.spreadsheets import InvalidCell, boolean, code, day, item_list, preview

_language = code(ISO_639_1)


def clearance(raw: str) -> Clearance:
    """Yes, no, or the last day on which the clearance holds."""
    try:
        return boolean(raw)
    except InvalidCell:
        pass
    try:
        return day(raw)
    except InvalidCell:
        raise InvalidCell(
            f"« {preview(raw)} » : oui, non, ou le dernier jour de l'habilitation "
            "(2026-01-10 ou 10/01/2026)."
        ) from None


def languages(raw: str) -> frozenset[str]:
    """Two-letter codes separated by `|`."""
    return item_list(_language)(raw)


def ids(raw: str) -> frozenset[str]:
    """Ids separated by `|`.

    Ids count as written, but nobody should be met because of a space beside a `|`: an id stands
    both as written and without the spaces around it.
    """
    items = [item for item in raw.split("|") if item.strip()]
    return frozenset(items) | frozenset(item.strip() for item in items)
