"""The associations that take charge of requests, as data (`associations.json`).

The ones that ship are invented. Empty `departments`, `needs` or `publics` mean: no limit, or no
speciality. Another file is named by `BINOME_ASSOCIATIONS_FILE`. One entry is the head of the
network (`network_head`, capacity 0).
"""

import json
import os
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator


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
    network_head: bool = False
    """The head of the network: owns whatever has no association, takes charge of nothing."""

    @model_validator(mode="after")
    def _head_takes_no_requests(self) -> "AssociationEntry":
        if self.network_head and self.capacity:
            raise ValueError("the network's head has a capacity of 0")
        return self


def _read() -> dict[str, AssociationEntry]:
    override = os.environ.get("BINOME_ASSOCIATIONS_FILE")
    entries = _entries(Path(override) if override else _SHIPPED)
    if not any(entry.network_head for entry in entries):
        # A file from before there was a head: the shipped one stands in, never any association.
        entries += [entry for entry in _entries(_SHIPPED) if entry.network_head]
    return {entry.code: entry for entry in entries}


def _entries(source: Traversable) -> list[AssociationEntry]:
    rows = json.loads(source.read_text(encoding="utf-8"))
    return TypeAdapter(list[AssociationEntry]).validate_python(rows)


_SHIPPED = files(__package__).joinpath("associations.json")
ASSOCIATIONS: dict[str, AssociationEntry] = _read()
NETWORK_HEAD: str = next(entry.code for entry in ASSOCIATIONS.values() if entry.network_head)
"""Code of the association that owns what has no other owner: doubts, alerts, lost requests."""


def association_or_head(code: str | None) -> AssociationEntry | None:
    """The association of a code; the network's head where it has left the file; None of None."""
    return ASSOCIATIONS.get(code, ASSOCIATIONS[NETWORK_HEAD]) if code else None
