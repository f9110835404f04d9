"""What a young person and a mentor tell us: the one validation behind every entrypoint.

Field names are those of the spreadsheets, so that a page, a partner's JSON, a message and a
CSV row speak alike. `read_mentee` and `read_mentor` give the registration or raise `Refused`
with every fault.
"""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import (
    ValidationError,
)

from services.registration.domain.errors import Fault, InvalidRegistration, errors_from
from services.registration.domain.identity import Identity
from services.registration.domain.mentee_registration import MenteeRegistration
from services.registration.domain.mentor_registration import MentorRegistration
from services.registration.domain.registration import ValidationContext

R = TypeVar("R", MenteeRegistration, MentorRegistration)
Kind = type[MenteeRegistration] | type[MentorRegistration]


def read_mentee(raw: object, around: ValidationContext) -> MenteeRegistration:
    """A young person's registration. Raises InvalidRegistration with every fault."""
    return _read(MenteeRegistration, raw, around)


def read_mentor(raw: object, around: ValidationContext) -> MentorRegistration:
    """A mentor's registration. Raises InvalidRegistration with every fault."""
    return _read(MentorRegistration, raw, around)


def _read(kind: type[R], raw: object, around: ValidationContext) -> R:
    if not isinstance(raw, Mapping):
        raise InvalidRegistration([Fault("", "not_an_object")])
    filled = {name: value for name, value in raw.items() if value not in ("", None, [])}
    try:
        return kind.model_validate(filled, context=around)
    except ValidationError as error:
        raise InvalidRegistration(errors_from(error)) from None


def identity_of(registration: "MenteeRegistration | MentorRegistration") -> Identity:
    """The part of a registration that only the vault sees."""
    return Identity(
        first_name=registration.first_name,
        last_name=registration.last_name,
        born=registration.born,
        email=registration.email,
        phone=registration.phone,
        guardian_first_name=registration.guardian_first_name,
        guardian_last_name=registration.guardian_last_name,
        guardian_email=registration.guardian_email,
        guardian_phone=registration.guardian_phone,
    )
