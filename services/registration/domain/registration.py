"""What everybody tells who registers, and the rules of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from services.registration.domain import fields
from services.registration.domain.errors import field_error
from services.registration.domain.field_types import (
    Born,
    Campaign,
    Commune,
    Department,
    Languages,
    Moment,
    Name,
    Reference,
    Sectors,
    Slots,
    YesNo,
)
from services.registration.domain.phones import read_mobile
from shared.contracts.types import PARIS


@dataclass(frozen=True)
class ValidationContext:
    """What a rule must know beside the fields. `today`: the calendar day in Paris."""

    today: date
    fictional_numbers: bool = False


class Registration(BaseModel):
    """What everybody tells: who they are, where, when they are free, and that they agree."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    reference: Reference | None = None
    """The partner's own name for this registration, given back in answers; never stored."""
    lang: Annotated[Literal["fr", "en"], BeforeValidator(fields.code(("fr", "en")))] = "fr"
    campaign: Campaign | None = None
    since: Moment | None = None
    """When the person registered elsewhere, if earlier than now: waiting counts from there."""
    first_name: Name
    last_name: Name
    born: Born
    department: Department
    commune: Commune | None = None
    languages: Languages = ("fr",)
    sectors: Sectors = ()
    slots: Slots
    remote: YesNo = True
    consent: Annotated[YesNo, Field(description="The person agrees to be matched")]

    @field_validator("consent")
    @classmethod
    def _must_agree(cls, value: bool) -> bool:
        if not value:
            raise field_error("missing")
        return value

    @field_validator("born")
    @classmethod
    def _is_past(cls, value: date, info: ValidationInfo) -> date:
        if value > validation_context(info).today:
            raise field_error("in_the_future")
        return value

    @field_validator("since")
    @classmethod
    def _not_later(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        if value and value.astimezone(PARIS).date() > validation_context(info).today:
            raise field_error("in_the_future")
        return value

    @field_validator("commune")
    @classmethod
    def _lies_there(cls, value: str | None, info: ValidationInfo) -> str | None:
        department = info.data.get("department")
        if value and department and not value.startswith(department):
            raise field_error("elsewhere")
        return value


def read_mobile_field(value: Any, info: ValidationInfo) -> str | None:
    """A mobile number, read where the person lives. Raises the faults of `read_mobile`."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise field_error("unreadable")
    return read_mobile(
        value, info.data.get("department"), validation_context(info).fictional_numbers
    )


def validation_context(info: ValidationInfo) -> ValidationContext:
    """What the rules of this validation must know beside the fields."""
    around: ValidationContext = info.context  # type: ignore[assignment]  # always given by the readers
    return around
