"""Templates of a service together with the shared ones, and what every page finds in them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.templating import Jinja2Templates

from shared.contracts import vocabulary
from shared.contracts.types import Lang
from shared.web.assets import static_url
from shared.web.charts import bars, line
from shared.web.dates import day, in_how_long, moment
from shared.web.forms import FORM_KEY, HONEYPOT, Form
from shared.web.language import LANGUAGES, language, with_current_language, with_language
from shared.web.translation import french_spacing, translator

SHARED = Path(__file__).parent / "templates"
MACROS: Mapping[str, Sequence[str]] = {
    "forms": ("fields", "groups", "slots"),
    "parts": ("notices", "steps", "cards", "tables", "choices", "charts"),
}
CODES: Mapping[str, Sequence[str]] = {
    "needs": vocabulary.NEEDS,
    "levels": vocabulary.LEVELS,
    "slots": vocabulary.SLOTS,
    "publics": vocabulary.PUBLICS,
    "sectors": vocabulary.SECTORS,
    "departments": vocabulary.DEPARTMENTS,
    "languages": vocabulary.LANGUAGES,
    "bonds": vocabulary.BONDS,
}


def pages(package_folder: Path, links: Mapping[str, str] | None = None) -> Jinja2Templates:
    """Templates in `package_folder` that may extend and call the shared ones.

    `links` gives the base address of each service (`{"followup": "http://…:8004"}`); without it
    all services stand behind one proxy and links are plain paths.
    """
    environment = Environment(
        loader=FileSystemLoader([package_folder, SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"label": _label, "day": _day, "moment": _moment, "spaced": _spacing}
    environment.globals |= {"static": static_url, "honeypot_name": HONEYPOT}
    environment.globals |= {"form_key_name": FORM_KEY, "key_for": _key_for}
    words = {lang: _words(environment, lang) for lang in LANGUAGES}
    return Jinja2Templates(env=environment, context_processors=[partial(_page, words, links or {})])


def _page(
    words: Mapping[Lang, dict[str, Any]], links: Mapping[str, str], request: Request
) -> dict[str, Any]:
    lang = language(request)
    return {**words[lang], "url": _linker(request, links), "switch": _switch(request)}


def _key_for(form: Form) -> str:
    """The key that a form keeps until what was typed is taken; else a new one."""
    return token_urlsafe(24) if form.used or not form.key else form.key


def _words(environment: Environment, lang: Lang) -> dict[str, Any]:
    """Everything a page says that depends on the language alone; macros are made once for each."""
    words: dict[str, Any] = {
        "lang": lang,
        "t": translator(lang),
        "options": partial(options, lang=lang),
        "label": partial(vocabulary.label, lang=lang),
        "in_how_long": partial(in_how_long, lang=lang),
        "bars": bars,
        "line": line,
    }
    return words | {kind: _macros(environment, files, words) for kind, files in MACROS.items()}


def _macros(
    environment: Environment, files: Sequence[str], words: dict[str, Any]
) -> SimpleNamespace:
    macros = SimpleNamespace()
    for file in files:
        module = environment.get_template(f"macros/{file}.html").make_module(words)
        vars(macros).update(vars(module))
    return macros


def options(
    kind: str, codes: Sequence[str] | None = None, lang: Lang = "fr"
) -> list[tuple[str, str]]:
    """`[("job", "Trouver un premier emploi"), …]` of a vocabulary, or of some of its codes."""
    wanted = CODES[kind] if codes is None else codes
    return [(code, vocabulary.label(kind, code, lang)) for code in wanted]


def _linker(request: Request, links: Mapping[str, str]) -> Callable[[str, str], str]:
    def url(service: str, path: str) -> str:
        known = links or getattr(request.app.state, "links", {})
        base = known.get(service, "").rstrip("/")
        return with_current_language(base + path, request)

    return url


def _switch(request: Request) -> dict[Lang, str]:
    url = request.url.remove_query_params("lang")
    # Two slashes in front would be another host.
    path = "/" + quote(url.path, safe="/:@!$&'()*+,;=~").lstrip("/")
    here = path + (f"?{url.query}" if url.query else "")
    return {lang: with_language(here, lang) for lang in LANGUAGES}


@pass_context
def _label(context: Context, code: str, kind: str) -> str:
    return vocabulary.label(kind, code, context["lang"])


@pass_context
def _day(context: Context, value: date) -> str:
    return day(value, context["lang"])


@pass_context
def _moment(context: Context, value: datetime) -> str:
    return moment(value, context["lang"])


@pass_context
def _spacing(context: Context, text: str) -> str:
    return french_spacing(text) if context["lang"] == "fr" else text
