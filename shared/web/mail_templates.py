"""Mails: `<name>.html` over the common layout with its styles inlined, `<name>.txt` beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shared.contracts import vocabulary
from shared.contracts.types import Lang
from shared.web.dates import day, moment
from shared.web.language import LANGUAGES
from shared.web.translation import translator

SHARED = Path(__file__).parent / "mail"
INLINER = CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, keep_at_rules=True)


@dataclass(frozen=True)
class MailBody:
    """The two bodies of one mail: `html` and its plain `text` alternative."""

    html: str
    text: str


@dataclass(frozen=True)
class MailTemplates:
    """Renders mails of one folder. Templates see `t`, `lang`, `label`, `day`, `moment`."""

    environment: Environment

    def write(self, name: str, lang: Lang, context: Mapping[str, Any]) -> MailBody:
        """`name` has no ending. Raises TemplateNotFound, UndefinedError for a missing value."""
        seen = {**context, **_WORDS[lang]}
        html = self.environment.get_template(f"{name}.html").render(seen)
        text = self.environment.get_template(f"{name}.txt").render(seen)
        return MailBody(html=INLINER.inline(html), text=text.strip() + "\n")


def mail_templates(folder: Path) -> MailTemplates:
    """Mails whose templates stand in `folder`; they may extend `base.html` and `base.txt`."""
    return MailTemplates(
        Environment(
            loader=FileSystemLoader([folder, SHARED]),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
    )


def _globals(lang: Lang) -> dict[str, Any]:
    return {
        "lang": lang,
        "t": translator(lang),
        "label": lambda kind, code: vocabulary.label(kind, code, lang),
        "day": lambda value: day(value, lang),
        "moment": lambda value: moment(value, lang),
    }


_WORDS: Mapping[Lang, dict[str, Any]] = {lang: _globals(lang) for lang in LANGUAGES}
