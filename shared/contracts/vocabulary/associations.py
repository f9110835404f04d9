"""The associations that take charge of requests, as data (`associations.json`).

The ones that ship are invented. Empty `departments`, `needs` or `publics` mean: no limit, or no
speciality. Another file is named by `BINOME_ASSOCIATIONS_FILE`.
"""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Presentation(BaseModel):
    """One sentence by which the association introduces itself to a young person."""

    model_config = ConfigDict(frozen=True)

    fr: str
    en: str


class AssociationEntry(BaseModel):
    """An association: whom it serves, how many, and how it takes charge."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    fr: str
    en: str
    presentation: Presentation
    departments: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    publics: frozenset[str] = frozenset()
    min_age: int = 5
    max_age: int = 30
    capacity: int = Field(ge=0)
    """Requests that it can have in hand at once."""
    takes_charge: Literal["automatic", "by_hand"] = "automatic"
    answer_days: int = Field(default=4, ge=1)
    coordinator: str
    """Functional mail address of its coordinators; never a person's own."""


def _read() -> dict[str, AssociationEntry]:
    override = os.environ.get("BINOME_ASSOCIATIONS_FILE")
    source = Path(override) if override else files(__package__).joinpath("associations.json")
    rows = json.loads(source.read_text(encoding="utf-8"))
    entries = TypeAdapter(list[AssociationEntry]).validate_python(rows)
    return {entry.code: entry for entry in entries}


ASSOCIATIONS: dict[str, AssociationEntry] = _read()
