"""What a young person tells who asks for a mentor."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
)

from services.registration.domain.age import (
    MENTEE_AGES,
    age_on,
    needs_guardian,
)
from services.registration.domain.errors import field_error
from services.registration.domain.field_types import (
    Level,
    Mail,
    Name,
    Needs,
    Phone,
    Publics,
    YesNo,
)
from services.registration.domain.registration import (
    Registration,
    read_mobile_field,
    validation_context,
)
from shared.contracts.calendar import longest_wait_from
from shared.contracts.types import PARIS

WAYS = ("email", "guardian_email", "guardian_phone")
"""How a young person without a phone is reached."""


class MenteeRegistration(Registration):
    """A young person of 5 to 30. Under 15 a guardian's address, or a partner's word, is needed.

    `since` lies at most three years back: who came first is served first, so a date of the year 1
    would stand before everybody.
    """

    level: Level
    needs: Needs
    publics: Publics = ()
    parental_consent: YesNo = False
    """The partner holds the parents' written consent."""
    guardian_first_name: Annotated[Name | None, Field(validate_default=True)] = None
    guardian_last_name: Name | None = None
    guardian_phone: Phone | None = None
    guardian_email: Annotated[Mail | None, Field(validate_default=True)] = None
    """Under 15 one of both is needed, to ask for consent; 15 to 17 the guardian is told there."""
    email: Mail | None = None
    phone: Annotated[Phone | None, Field(validate_default=True)] = None

    @field_validator("born")
    @classmethod
    def _is_young(cls, value: date, info: ValidationInfo) -> date:
        age = age_on(validation_context(info).today, value)
        if age < MENTEE_AGES[0]:
            raise field_error("too_young")
        if age > MENTEE_AGES[1]:
            raise field_error("too_old")
        return value

    @field_validator("since")
    @classmethod
    def _not_too_long_ago(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        earliest = longest_wait_from(validation_context(info).today)
        if value and value.astimezone(PARIS).date() < earliest:
            raise field_error("too_long_ago")
        return value

    @field_validator("guardian_first_name", "guardian_email")
    @classmethod
    def _guardian_known(cls, value: str | None, info: ValidationInfo) -> str | None:
        born, attested = info.data.get("born"), info.data.get("parental_consent")
        # A number that is wrong is named already; it is not in `data` then.
        by_phone = info.field_name == "guardian_email" and info.data.get("guardian_phone", "?")
        known = value or by_phone or attested
        if born and not known and needs_guardian(born, validation_context(info).today):
            raise field_error("under_15")
        return value

    @field_validator("guardian_phone", mode="before")
    @classmethod
    def _is_guardians_mobile(cls, value: Any, info: ValidationInfo) -> str | None:
        return read_mobile_field(value, info)

    @field_validator("phone", mode="before")
    @classmethod
    def _is_mobile(cls, value: Any, info: ValidationInfo) -> str | None:
        if value is None and not any(info.data.get(x, "?") for x in WAYS):
            raise field_error("no_way_to_reach")
        return read_mobile_field(value, info)
