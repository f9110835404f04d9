"""Cells that hold dates."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from shared.contracts.calendar import FIRST_YEAR, LAST_YEAR
from shared.contracts.parsing import (
    NoSuchDay,
    NotADate,
    YearOutOfBounds,
    parse_birth_date,
    parse_day,
    parse_moment,
)
from shared.spreadsheets.cell_errors import InvalidCell, preview

D = TypeVar("D", bound=date)


_FORMS = "attendu 2026-01-10, 2026-01-10T09:30:00+01:00 ou 10/01/2026"


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
