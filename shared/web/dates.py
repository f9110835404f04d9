"""How dates and durations are written in the language of a reader."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.contracts.types import PARIS, Lang

_COUNTED_IN_MINUTES = 120
"""From here on a duration is told in hours."""


_MONTHS = (
    {"fr": "janvier", "en": "January"},
    {"fr": "février", "en": "February"},
    {"fr": "mars", "en": "March"},
    {"fr": "avril", "en": "April"},
    {"fr": "mai", "en": "May"},
    {"fr": "juin", "en": "June"},
    {"fr": "juillet", "en": "July"},
    {"fr": "août", "en": "August"},
    {"fr": "septembre", "en": "September"},
    {"fr": "octobre", "en": "October"},
    {"fr": "novembre", "en": "November"},
    {"fr": "décembre", "en": "December"},
)


def day(value: date, lang: Lang = "fr") -> str:
    """`12 janvier 2026`, `1er mars 2026`; a time is told by the calendar of Paris."""
    if isinstance(value, datetime):
        value = value.astimezone(PARIS)
    number = "1er" if lang == "fr" and value.day == 1 else str(value.day)
    return f"{number} {_MONTHS[value.month - 1][lang]} {value.year}"


def in_how_long(seconds: int, lang: Lang = "fr") -> str:
    """`dans 12 minutes`, `in 3 hours`: rounded up, so that nobody comes too early."""
    minutes = -(-seconds // 60)
    if minutes <= 1:
        return "dans une minute" if lang == "fr" else "in a minute"
    if minutes < _COUNTED_IN_MINUTES:
        return f"dans {minutes} minutes" if lang == "fr" else f"in {minutes} minutes"
    hours = -(-minutes // 60)
    return f"dans {hours} heures" if lang == "fr" else f"in {hours} hours"


def moment(value: datetime, lang: Lang = "fr", zone: ZoneInfo = PARIS) -> str:
    """`12 janvier 2026 à 14 h 30`, in the given zone (Paris unless told)."""
    local = value.astimezone(zone)
    if lang == "en":
        return f"{day(local.date(), lang)} at {local:%H:%M}"
    return f"{day(local.date(), lang)} à {local.hour}\u00a0h\u00a0{local:%M}"
