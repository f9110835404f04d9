"""What a person typed and what is wrong with it: the one object every form macro takes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData, UploadFile

HONEYPOT = "website"
"""Field that people never see; whoever fills it is a machine."""
FORM_KEY = "form_key"
"""Hidden field with the key of one form as it was shown: sent twice, it is one form."""
_KEY = r"[A-Za-z0-9_-]{22,64}"
"""At least 128 random bits."""


@dataclass(frozen=True)
class Form:
    """`values` by field (a list where several may be chosen), `errors` by field, in page order.

    Errors are whole sentences in the reader's language that say what to do.
    """

    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    wait: int | None = None
    """Seconds after which it may be sent again, where too many were sent."""
    used: bool = False
    """Its key came before with other answers: shown again under a new one."""

    @classmethod
    def from_request(cls, data: FormData, several: Iterable[str] = ()) -> "Form":
        """What a browser sent. `several` names the fields with many values.

        Three fields `born_day born_month born_year` also become `born`, ISO when it can be.
        """
        many = set(several)
        values: dict[str, str | Sequence[str]] = {
            name: _text(data[name]).strip() for name in data if name not in many
        }
        values |= {name: [_text(value) for value in data.getlist(name)] for name in many}
        return cls(values | _dates(values))

    def with_errors(self, errors: Mapping[str, str]) -> "Form":
        """The same answers with what is wrong, to be shown again (status 422)."""
        return replace(self, errors=dict(errors))

    def with_wait(self, wait: int) -> "Form":
        """The same answers, to be sent again in so many seconds (status 429)."""
        return replace(self, wait=wait)

    def with_used_key(self) -> "Form":
        """The same answers, not taken yet: the form was sent before with others (status 409)."""
        return replace(self, used=True)

    @property
    def key(self) -> str:
        """The key under which it is sent; empty for none, and for a text that is none."""
        typed = self.value(FORM_KEY)
        return typed if re.fullmatch(_KEY, typed, re.ASCII) else ""

    def value(self, name: str) -> str:
        """What was typed into a field, several values joined by commas; empty if nothing."""
        text = self.values.get(name, "")
        return text if isinstance(text, str) else ", ".join(text)

    def values_of(self, name: str) -> Sequence[str]:
        """All values of a field; empty if nothing was chosen."""
        value = self.values.get(name, [])
        return [value] if isinstance(value, str) else value

    def error(self, name: str) -> str:
        """The sentence about a field; empty if nothing is wrong."""
        return self.errors.get(name, "")

    @property
    def is_spam(self) -> bool:
        """True when the hidden field was filled: thank politely and keep nothing."""
        return bool(self.value(HONEYPOT))

    def part(self, name: str, which: str) -> str:
        """`day`, `month` or `year` of a date, as typed, else cut from the ISO value."""
        if f"{name}_{which}" in self.values:
            return self.value(f"{name}_{which}")
        cut = self.value(name).split("-")
        names = ("year", "month", "day")
        return cut[names.index(which)] if len(cut) == len(names) else ""


def _text(value: UploadFile | str) -> str:
    """A file where an answer should be is none."""
    return value if isinstance(value, str) else ""


def _dates(values: Mapping[str, Any]) -> dict[str, str]:
    names = [name.removesuffix("_day") for name in values if name.endswith("_day")]
    return {name: _join_date(values, name) for name in names}


def _join_date(values: Mapping[str, Any], name: str) -> str:
    parts = [str(values.get(f"{name}_{which}", "")) for which in ("year", "month", "day")]
    if not any(parts):
        return ""
    year, month, day = parts
    return f"{year}-{month:0>2}-{day:0>2}"
