"""Types of the codes in facts and requests: a `str` that must stand in its vocabulary."""

from collections.abc import Callable, Collection
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, PUBLICS, SECTORS, SLOTS
from shared.contracts.vocabulary.associations import ASSOCIATIONS


def _known(codes: Collection[str], kind: str) -> Callable[[str], str]:
    def check(code: str) -> str:
        if code not in codes:
            raise ValueError(f"not a known {kind}")
        return code

    return check


NeedCode = Annotated[str, AfterValidator(_known(frozenset(NEEDS), "need"))]
LevelCode = Annotated[str, AfterValidator(_known(frozenset(LEVELS), "level"))]
SlotCode = Annotated[str, AfterValidator(_known(frozenset(SLOTS), "slot"))]
PublicCode = Annotated[str, AfterValidator(_known(frozenset(PUBLICS), "public"))]
SectorCode = Annotated[str, AfterValidator(_known(frozenset(SECTORS), "sector"))]
DepartmentCode = Annotated[str, AfterValidator(_known(frozenset(DEPARTMENTS), "department"))]
AssociationCode = Annotated[str, AfterValidator(_known(ASSOCIATIONS.keys(), "association"))]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
CommuneCode = Annotated[str, StringConstraints(pattern=r"^(\d{2}|2A|2B)\d{3}$")]
