"""Types of the codes in events and requests: a `str` that must stand in its vocabulary, or, where a
event is read, have the form of a code."""

import re
from collections.abc import Callable, Collection
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, ValidationInfo

from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, PUBLICS, SECTORS, SLOTS
from shared.contracts.vocabulary.associations import ASSOCIATIONS

READING = {"reading": True}
"""Validation context of whoever reads an event: a code needs only the form of one. A code may have
left its vocabulary since the event was published; a publisher still names only what exists."""
_CODE = re.compile(r"[a-zA-Z0-9_]{1,40}")


def _membership_check(codes: Collection[str], kind: str) -> Callable[[str, ValidationInfo], str]:
    def check(code: str, info: ValidationInfo) -> str:
        if code in codes or (_reads(info) and _CODE.fullmatch(code)):
            return code
        raise ValueError(f"not a known {kind}")

    return check


def _reads(info: ValidationInfo) -> bool:
    return isinstance(info.context, dict) and bool(info.context.get("reading"))


NeedCode = Annotated[str, AfterValidator(_membership_check(frozenset(NEEDS), "need"))]
LevelCode = Annotated[str, AfterValidator(_membership_check(frozenset(LEVELS), "level"))]
SlotCode = Annotated[str, AfterValidator(_membership_check(frozenset(SLOTS), "slot"))]
PublicCode = Annotated[str, AfterValidator(_membership_check(frozenset(PUBLICS), "public"))]
SectorCode = Annotated[str, AfterValidator(_membership_check(frozenset(SECTORS), "sector"))]
DepartmentCode = Annotated[
    str, AfterValidator(_membership_check(frozenset(DEPARTMENTS), "department"))
]
AssociationCode = Annotated[
    str, AfterValidator(_membership_check(ASSOCIATIONS.keys(), "association"))
]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
CommuneCode = Annotated[str, StringConstraints(pattern=r"^(\d{2}|2A|2B)\d{3}$")]
