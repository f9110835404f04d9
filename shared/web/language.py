"""Which language a reader gets, and how words and dates are written in it."""

import re
from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.requests import Request

from shared.contracts.types import PARIS, Lang

_COUNTED_IN_MINUTES = 120
"""From here on a duration is told in hours."""

LANGUAGES: tuple[Lang, ...] = ("fr", "en")

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


def language_of(code: str | None) -> Lang:
    """The language of a page for a stored or typed code; French for anything else."""
    return "en" if code == "en" else "fr"


def language(request: Request) -> Lang:
    """`?lang=` first (the visible switch), then Accept-Language, then French."""
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES:
        return language_of(chosen)
    return _accepted_language(request.headers.get("accept-language", ""))


def _accepted_language(header: str) -> Lang:
    wishes = [_wish(part) for part in header.split(",")]
    ours = [(weight, code) for weight, code in wishes if code in LANGUAGES and weight > 0]
    return language_of(max(ours, key=lambda wish: wish[0])[1]) if ours else "fr"


def _wish(part: str) -> tuple[float, str]:
    tag, _, weight = part.strip().partition(";q=")
    try:
        return float(weight or 1), tag.strip()[:2].lower()
    except ValueError:
        return 0.0, ""


def with_current_language(path: str, request: Request) -> str:
    """The path in the language the reader chose by hand: what a redirect after POST points to."""
    chosen = request.query_params.get("lang")
    return with_language(path, language_of(chosen)) if chosen in LANGUAGES else path


def with_language(path: str, lang: Lang) -> str:
    """A path with `lang` in its query, behind what is there."""
    parts = urlsplit(path)
    query = "&".join(filter(None, [parts.query, f"lang={lang}"]))
    return parts._replace(query=query).geturl()


def translator(lang: Lang) -> Callable[[str, str], str]:
    """`t(fr, en)` for one language; French gets its unbreakable spaces."""
    if lang == "en":
        return lambda _fr, en: en
    return lambda fr, _en: french_spacing(fr)


def french_spacing(text: str) -> str:
    r"""French spacing, so that no line begins with a question mark: `Ça va ?` → `Ça va\u202f?`."""
    text = re.sub(r" ([?!;])", "\u202f\\1", text)
    return re.sub(r"(?<=«) | (?=[:»])", "\u00a0", text)


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
