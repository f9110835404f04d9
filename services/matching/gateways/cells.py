"""The cells that only matching's files have: départements, communes, birth dates, ids to avoid."""

import re
from datetime import date

from services.matching.domain.people import last_day_of
from services.matching.gateways.languages import ISO_639_1
from shared.contracts.clearance import Clearance
from shared.contracts.vocabulary import DEPARTMENTS
from shared.spreadsheets import InvalidCell, UnknownCode, boolean, code, day, item_list, preview

_KNOWN_DEPARTMENTS = frozenset(DEPARTMENTS)
_COMMUNE = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)
_YEAR = re.compile(r"(19|20)\d\d", re.ASCII)

_language = code(ISO_639_1)


def department(raw: str) -> str:
    """A département's code; a spreadsheet's `1` is `01`."""
    written = raw.strip().upper().zfill(2)
    if written not in _KNOWN_DEPARTMENTS:
        raise UnknownCode(
            f"« {preview(raw)} » n'est pas un département (01 à 95, 2A, 2B, 971…976)."
        )
    return written


def commune(raw: str) -> str:
    """An INSEE code; a spreadsheet's `1004` is `01004`."""
    written = raw.strip().upper().zfill(5)
    if not _COMMUNE.fullmatch(written):
        raise InvalidCell(f"« {preview(raw)} » n'est pas un code INSEE de commune (5 signes).")
    return written


def birth_date(raw: str) -> date:
    """A birth date, or a year alone."""
    written = raw.strip()
    return last_day_of(int(written)) if _YEAR.fullmatch(written) else day(written)


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
