"""How people write a day, a place, yes or no: from a text to a value, the same at every entrypoint.

A form, a partner's JSON, `binome import` and `binome match` all read with these; what is said of a
text that is refused belongs to each of them.
"""

import re
from datetime import date, datetime

from shared.contracts.calendar import is_plausible
from shared.contracts.types import PARIS
from shared.contracts.vocabulary import DEPARTMENTS

_YES = frozenset({"yes", "oui", "true", "vrai", "1", "on"})
_NO = frozenset({"no", "non", "false", "faux", "0"})
_KNOWN_DEPARTMENTS = frozenset(DEPARTMENTS)
_COMMUNE = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_FRENCH = re.compile(
    r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})"
    r"([T ](?P<hour>\d{1,2})(?P<rest>:\d{2}(:\d{2})?))?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?", re.ASCII)


class NotADate(ValueError):
    """A text of another form than a date has."""


class NoSuchDay(NotADate):
    """A text in the form of a date that stands in no calendar: 31/02/2026."""


class YearOutOfBounds(ValueError):
    """A date before `FIRST_YEAR` or after `LAST_YEAR` of `calendar.py`."""


def parse_yes_no(text: str) -> bool | None:
    """yes/no, oui/non, true/false, 1/0 in any case; None: neither."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def parse_department(text: str) -> str | None:
    """A département's code; a spreadsheet's `1` is `01`. None: there is none of that code."""
    code = text.strip().upper().zfill(2)
    return code if code in _KNOWN_DEPARTMENTS else None


def parse_commune(text: str) -> str | None:
    """An INSEE code; a spreadsheet's `1004` is `01004`. None: it has not the form of one."""
    code = text.strip().upper().zfill(5)
    return code if _COMMUNE.fullmatch(code) else None


def parse_moment(text: str) -> datetime:
    """A date, or a date and time, ISO or French, as a moment with its zone.

    A date alone is midnight; without a zone it is Paris time. Raises NotADate, YearOutOfBounds.
    """
    written = text.strip()
    try:
        moment = datetime.fromisoformat(_as_iso(written))
    except ValueError:
        has_form = _DATE.fullmatch(written) or _FRENCH.fullmatch(written)
        raise (NoSuchDay if has_form else NotADate) from None
    if not is_plausible(moment):
        raise YearOutOfBounds
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def parse_day(text: str) -> date:
    """The calendar day in Paris of a date, or of a date and time. Raises like `parse_moment`."""
    return parse_moment(text).astimezone(PARIS).date()


def parse_birth_date(text: str) -> date:
    """A birth date, or a year alone: its last day, so that nobody is taken for older than they are.

    Raises like `parse_moment`.
    """
    written = text.strip()
    return parse_day(f"{written}-12-31" if _YEAR.fullmatch(written) else written)


def _as_iso(written: str) -> str:
    french = _FRENCH.fullmatch(written)
    if french is None:
        return written
    day = f"{french['year']}-{french['month']:0>2}-{french['day']:0>2}"
    return f"{day}T{french['hour']:0>2}{french['rest']}" if french["hour"] else day
