"""What a volunteer tells who offers to be a mentor."""

from datetime import date
from typing import Any

from pydantic import (
    ValidationInfo,
    field_validator,
)

from services.registration.domain.age import (
    age_on,
)
from services.registration.domain.errors import field_error
from services.registration.domain.field_types import (
    Association,
    Campaign,
    Capacity,
    Cleared,
    Levels,
    Mail,
    Name,
    Needs,
    Phone,
)
from services.registration.domain.registration import (
    Registration,
    read_mobile_field,
    validation_context,
)
from shared.contracts.vocabulary.programmes import PROGRAMME


class MentorRegistration(Registration):
    """A volunteer. `cleared`: whether a partner has checked that they may see minors, or the last
    day on which that check holds; None: nothing is said."""

    levels: Levels
    offers: Needs
    capacity: Capacity = 1
    cleared: Cleared | None = None
    association: Association | None = None
    company: Campaign | None = None
    guardian_first_name: Name | None = None
    guardian_last_name: Name | None = None
    guardian_phone: Phone | None = None
    guardian_email: Mail | None = None
    """Of a mentor under 18, who is told, or asked, as the programme says."""
    email: Mail
    phone: Phone | None = None

    @field_validator("born")
    @classmethod
    def _is_old_enough(cls, value: date, info: ValidationInfo) -> date:
        if age_on(validation_context(info).today, value) < PROGRAMME.mentor_min_age:
            raise field_error("too_young")
        return value

    @field_validator("phone", "guardian_phone", mode="before")
    @classmethod
    def _is_mobile(cls, value: Any, info: ValidationInfo) -> str | None:
        return read_mobile_field(value, info)
