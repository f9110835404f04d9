"""Days on which somebody works in France: neither a weekend nor a public holiday."""

import json
from calendar import SATURDAY
from datetime import date, timedelta
from importlib.resources import files

_ONE_DAY = timedelta(days=1)
_EASTER_HOLIDAYS = (1, 39, 50)
"""Days after Easter Sunday: Easter Monday, Ascension, Whit Monday (code du travail, L3133-1)."""
_FIXED_HOLIDAYS = frozenset(
    (entry["month"], entry["day"])
    for entry in json.loads(
        files(__package__).joinpath("public_holidays.json").read_text(encoding="utf-8")
    )
)


def add_working_days(day: date, number: int) -> date:
    """The working day that is `number` working days after `day`."""
    while number:
        day += _ONE_DAY
        number -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Whether people work on this day in metropolitan France."""
    if day.weekday() >= SATURDAY or (day.month, day.day) in _FIXED_HOLIDAYS:
        return False
    return (day - easter_sunday(day.year)).days not in _EASTER_HOLIDAYS


def easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar (the anonymous algorithm, Nature 1876)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3) + 15
    epact %= 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, place = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, place + 1)
