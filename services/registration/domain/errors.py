"""What is wrong with a registration, field by field, in words a person can act on.

The words stand in `reasons.json`, under `field.code` or, for any field, under `code`: `tu` for
young people, `vous` for everybody else, `en`.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

Voice = Literal["tu", "vous", "en"]

_REASONS: dict[str, dict[Voice, str]] = json.loads(
    files(__package__).joinpath("reasons.json").read_text(encoding="utf-8")
)
_OF_PYDANTIC = {"missing": "missing", "extra_forbidden": "unknown_field"}


@dataclass(frozen=True)
class Fault:
    """One field that must be mended. It never holds what was written there."""

    field: str
    code: str

    def sentence(self, voice: Voice) -> str:
        """What to do about it."""
        reason = _REASONS.get(f"{self.field}.{self.code}") or _REASONS[self.code]
        return reason[voice]

    def to_dict(self) -> dict[str, str]:
        """For programs: the field, a stable code, the words in both languages."""
        words = {"fr": self.sentence("vous"), "en": self.sentence("en")}
        return {"field": self.field, "code": self.code, **words}


class InvalidRegistration(Exception):
    """A registration that cannot be taken. `faults`: at least one, in the order of the fields."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{x.field} {x.code}" for x in self.faults))


def field_error(code: str) -> PydanticCustomError:
    """The error by which a field's reader refuses a value; its code stands in `reasons.json`."""
    return PydanticCustomError(code, "refused")


def errors_from(error: ValidationError) -> list[Fault]:
    """The faults of a validation, one per field, in the order of the fields."""
    fault_of: dict[str, Fault] = {}
    for line in error.errors(include_input=False, include_url=False, include_context=False):
        field = _name(str(line["loc"][0])) if line["loc"] else ""
        code = _OF_PYDANTIC.get(line["type"], line["type"])
        code = code if code in _REASONS or f"{field}.{code}" in _REASONS else "unreadable"
        fault_of.setdefault(field, Fault(field, code))
    return list(fault_of.values())


def _name(field: str) -> str:
    """A field as it may be said again: whatever else was put in its place could be somebody."""
    return field if re.fullmatch(r"[a-z_]{1,40}", field) else "?"
