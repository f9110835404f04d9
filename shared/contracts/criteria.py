"""What people ask for and offer, without who they are: the part of a registration that travels."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.clearance import Clearance
from shared.contracts.codes import (
    CommuneCode,
    DepartmentCode,
    LanguageCode,
    LevelCode,
    NeedCode,
    PublicCode,
    SectorCode,
    SlotCode,
)


class MenteeCriteria(BaseModel):
    """What a young person asks for, without who they are. `birth_year` None means an adult."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    needs: tuple[NeedCode, ...] = Field(min_length=1)
    slots: tuple[SlotCode, ...] = Field(min_length=1)
    level: LevelCode
    department: DepartmentCode
    commune: CommuneCode | None = None
    languages: tuple[LanguageCode, ...] = ("fr",)
    sectors: tuple[SectorCode, ...] = ()
    remote: bool = True
    publics: tuple[PublicCode, ...] = ()
    birth_year: int | None = Field(default=None, ge=1900, le=2100)


class MentorCriteria(BaseModel):
    """What a volunteer offers. `cleared`: may accompany minors (a valid background check), until
    the end of `cleared_until`; without a day, a yes of before clearances had one. `birth_year` is
    given for mentors who may be under 18; None means an adult."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    offers: tuple[NeedCode, ...] = Field(min_length=1)
    slots: tuple[SlotCode, ...] = Field(min_length=1)
    levels: tuple[LevelCode, ...] = Field(min_length=1)
    department: DepartmentCode
    commune: CommuneCode | None = None
    languages: tuple[LanguageCode, ...] = ("fr",)
    sectors: tuple[SectorCode, ...] = ()
    remote: bool = True
    capacity: int = Field(default=1, ge=0, le=20)
    cleared: bool = False
    cleared_until: date | None = None
    birth_year: int | None = Field(default=None, ge=1900, le=2100)

    @property
    def clearance(self) -> Clearance:
        """Yes, no, or the last day on which it holds."""
        return self.cleared_until if self.cleared and self.cleared_until else self.cleared
