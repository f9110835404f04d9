"""How each kind of field is read, at every entrypoint alike: from what was written to a value.

A reader refuses with `wrong(code)`; the words for the code stand in `reasons.json`.
"""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from email_validator import EmailNotValidError, validate_email

from services.registration.domain.errors import field_error
from shared.contracts.clearance import Clearance
from shared.contracts.parsing import (
    NotADate,
    YearOutOfBounds,
    parse_birth_date,
    parse_commune,
    parse_day,
    parse_department,
    parse_moment,
    parse_yes_no,
)

D = TypeVar("D", bound=date)
NAME_LETTERS = 60
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’\-]|\.(?=[ \-]|$))*")


def name(value: Any) -> str:
    """A first or last name: letters of any script. No digits, no addresses: it goes into mails."""
    text = " ".join(_text(value).split())
    if len(text) > NAME_LETTERS or not _NAME.fullmatch(text):
        raise field_error("not_a_name")
    return text


def mail(value: Any) -> str:
    """A mail address, its domain in lower case; nobody is asked whether it exists."""
    try:
        return validate_email(_text(value).strip(), check_deliverability=False).normalized
    except (EmailNotValidError, UnicodeError):
        raise field_error("not_an_address") from None


def birth_date(value: Any) -> date:
    """ISO, French (`27/3/2008`) or a year alone, which counts as its last day (the safer one)."""
    return _parse_date(parse_birth_date, _short_text(value))


def clearance(value: Any) -> Clearance:
    """Yes, no, or the last day on which a mentor is cleared (ISO or French)."""
    if isinstance(value, bool):
        return value
    text = _short_text(value)
    answer = parse_yes_no(text)
    return read_day(text, "not_a_clearance") if answer is None else answer


def read_day(text: str, code: str = "not_a_date") -> date:
    """A whole date, ISO or French. Raises the refusal `code`."""
    return _parse_date(parse_day, text, code)


def moment(value: Any) -> datetime:
    """A date or a date and time, in UTC; without a zone it is Paris time."""
    return _parse_date(parse_moment, _text(value)).astimezone(UTC)


def _parse_date(parse: Callable[[str], D], text: str, code: str = "not_a_date") -> D:
    try:
        return parse(text)
    except NotADate:
        raise field_error(code) from None
    except YearOutOfBounds:
        raise field_error("year_out_of_bounds") from None


def department(value: Any) -> str:
    """A département's code; a spreadsheet's `1` is `01`."""
    code = parse_department(_text(value))
    if code is None:
        raise field_error("unknown")
    return code


def commune(value: Any) -> str:
    """An INSEE code; a spreadsheet's `1004` is `01004`."""
    code = parse_commune(_short_text(value))
    if code is None:
        raise field_error("unreadable")
    return code


def yes_or_no(value: Any) -> bool:
    """JSON's true and false, or the words people write in a table."""
    if isinstance(value, bool):
        return value
    answer = parse_yes_no(_short_text(value, "not_yes_or_no"))
    if answer is None:
        raise field_error("not_yes_or_no")
    return answer


def whole_number(least: int, most: int) -> Callable[[Any], int]:
    """A reader of numbers within bounds, both included."""

    def read(value: Any) -> int:
        text = _short_text(value, "not_a_number")
        if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
            raise field_error("not_a_number")
        if not least <= int(text) <= most:
            raise field_error("out_of_bounds")
        return int(text)

    return read


def code(vocabulary: Collection[str]) -> Callable[[Any], str]:
    """A reader of one code of a closed list, in any case."""
    known = {word.casefold(): word for word in vocabulary}

    def read(value: Any) -> str:
        try:
            return known[_text(value).strip().casefold()]
        except KeyError:
            raise field_error("unknown") from None

    return read


def codes(vocabulary: Sequence[str]) -> Callable[[Any], tuple[str, ...]]:
    """A reader of several codes, a list or `a|b`; each once, in the order of the vocabulary."""
    read_one = code(vocabulary)

    def read(value: Any) -> tuple[str, ...]:
        chosen = {read_one(item) for item in _items(value)}
        if not chosen:
            raise field_error("missing")
        return tuple(word for word in vocabulary if word in chosen)

    return read


def languages(value: Any) -> tuple[str, ...]:
    """Two-letter codes of ISO 639-1, in the order they were given."""
    chosen = [_text(item).strip().lower() for item in _items(value)]
    if not all(re.fullmatch(r"[a-z]{2}", item, re.ASCII) for item in chosen):
        raise field_error("unknown")
    return tuple(dict.fromkeys(chosen))


def matching(pattern: str) -> Callable[[Any], str]:
    """A reader of short texts of a fixed shape."""
    shape = re.compile(pattern, re.ASCII)

    def read(value: Any) -> str:
        text = _short_text(value)
        if not shape.fullmatch(text):
            raise field_error("unreadable")
        return text

    return read


def _items(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [item for item in value.split("|") if item.strip()]
    if isinstance(value, list | tuple):
        return list(value)
    raise field_error("unreadable")


def _short_text(value: Any, otherwise: str = "unreadable") -> str:
    """A text, or a whole number as JSON and spreadsheets write codes, years and yes or no.

    Nothing else is turned into text: a list 900 deep, or a number of 5 000 digits, cannot be.
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9:
        return str(value)
    if not isinstance(value, str):
        raise field_error(otherwise)
    return value.strip()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise field_error("unreadable")
    return value
