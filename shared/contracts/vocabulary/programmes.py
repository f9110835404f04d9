"""What a programme settles about people, as data (`programmes.json`).

Another file is named by `BINOME_PROGRAMMES_FILE`; what it leaves out is as by default. How a
programme's pool is matched (policy, cadence, mode) is set with `binome programme`.
"""

import json
import os
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

DEFAULT_PROGRAMME = "national"
"""The programme of everybody who is registered for no other; mentors belong to it."""


class ProgrammeEntry(BaseModel):
    """A programme's rules about people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z0-9_-]{1,40}$")
    clearance_months: int = Field(default=24, ge=1, le=60)
    """Months for which a plain yes about a mentor's clearance holds, from the day it was said."""
    mentor_min_age: int = Field(default=16, ge=14, le=18)
    """Least age of a mentor, in whole years."""
    guardian_15_17: Literal["informed", "asked"] = "informed"
    """What is owed to the guardian of a minor of 15 to 17, on either side of a pair."""
    guardian_confirmed_under_15: bool = True
    """The association assures itself of the guardian who consented, before an introduction."""
    guardian_check_days: int = Field(default=5, ge=2)
    """Days that an association has to confirm or inform a guardian."""


def _programmes() -> dict[str, ProgrammeEntry]:
    return _read(os.environ.get("BINOME_PROGRAMMES_FILE"))


@cache
def _read(override: str | None) -> dict[str, ProgrammeEntry]:
    entries = _entries(Path(override)) if override else []
    if not any(entry.code == DEFAULT_PROGRAMME for entry in entries):
        entries += _entries(files(__package__).joinpath("programmes.json"))
    return {entry.code: entry for entry in entries}


def _entries(source: Traversable) -> list[ProgrammeEntry]:
    rows = json.loads(source.read_text(encoding="utf-8"))
    return TypeAdapter(list[ProgrammeEntry]).validate_python(rows)


PROGRAMME: ProgrammeEntry = _programmes()[DEFAULT_PROGRAMME]
"""The rules of the default programme."""


def guardian_rules(programme: str = DEFAULT_PROGRAMME) -> ProgrammeEntry:
    """The rules of a programme; one that has none of its own goes by the default ones."""
    programmes = _programmes()
    return programmes.get(programme, programmes[DEFAULT_PROGRAMME])
