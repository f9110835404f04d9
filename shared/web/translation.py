"""Sentences in the language of a reader, with the spacing that French asks for."""

import re
from collections.abc import Callable

from shared.contracts.types import Lang


def translator(lang: Lang) -> Callable[[str, str], str]:
    """`t(fr, en)` for one language; French gets its unbreakable spaces."""
    if lang == "en":
        return lambda _fr, en: en
    return lambda fr, _en: french_spacing(fr)


def french_spacing(text: str) -> str:
    r"""French spacing, so that no line begins with a question mark: `Ça va ?` → `Ça va\u202f?`."""
    text = re.sub(r" ([?!;])", "\u202f\\1", text)
    return re.sub(r"(?<=«) | (?=[:»])", "\u00a0", text)
