"""Which language a reader gets, and how a link keeps it."""

from urllib.parse import urlsplit

from starlette.requests import Request

from shared.contracts.types import Lang

LANGUAGES: tuple[Lang, ...] = ("fr", "en")


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
