"""Types of the fields of a registration: how each is read, and its JSON schema."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
)

from services.registration.domain import fields
from shared.contracts.clearance import Clearance
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, PUBLICS, SECTORS, SLOTS
from shared.contracts.vocabulary.associations import ASSOCIATIONS

CAMPAIGN = r"[a-z0-9_-]{1,40}"
REFERENCE = r"[A-Za-z0-9_.:\-]{1,64}"


def _one_of(words: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(words)})


def _some_of(words: Any) -> WithJsonSchema:
    item = {"type": "string", "enum": list(words)}
    return WithJsonSchema({"type": "array", "items": item, "minItems": 1})


def _string_schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **schema})


Name = Annotated[str, BeforeValidator(fields.name), _string_schema(maxLength=fields.NAME_LETTERS)]
Mail = Annotated[str, BeforeValidator(fields.mail), _string_schema(format="email")]
Phone = Annotated[str, _string_schema(examples=["+33612345678", "06 12 34 56 78"])]
Born = Annotated[date, BeforeValidator(fields.birth_date), _string_schema(format="date")]
Moment = Annotated[datetime, BeforeValidator(fields.moment), _string_schema(format="date-time")]
YesNo = Annotated[bool, BeforeValidator(fields.yes_or_no)]
Cleared = Annotated[
    Clearance,
    BeforeValidator(fields.clearance),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "format": "date"}]}),
]
Department = Annotated[str, BeforeValidator(fields.department), _one_of(DEPARTMENTS)]
Commune = Annotated[str, BeforeValidator(fields.commune), _string_schema(examples=["93066"])]
Level = Annotated[str, BeforeValidator(fields.code(LEVELS)), _one_of(LEVELS)]
Levels = Annotated[tuple[str, ...], BeforeValidator(fields.codes(LEVELS)), _some_of(LEVELS)]
Needs = Annotated[tuple[str, ...], BeforeValidator(fields.codes(NEEDS)), _some_of(NEEDS)]
Slots = Annotated[tuple[str, ...], BeforeValidator(fields.codes(SLOTS)), _some_of(SLOTS)]
Sectors = Annotated[tuple[str, ...], BeforeValidator(fields.codes(SECTORS)), _some_of(SECTORS)]
Publics = Annotated[tuple[str, ...], BeforeValidator(fields.codes(PUBLICS)), _some_of(PUBLICS)]
Languages = Annotated[tuple[str, ...], BeforeValidator(fields.languages)]
Association = Annotated[str, BeforeValidator(fields.code(ASSOCIATIONS)), _one_of(ASSOCIATIONS)]
Campaign = Annotated[
    str, BeforeValidator(fields.matching(CAMPAIGN)), _string_schema(pattern=CAMPAIGN)
]
Reference = Annotated[
    str, BeforeValidator(fields.matching(REFERENCE)), _string_schema(pattern=REFERENCE)
]
Capacity = Annotated[int, BeforeValidator(fields.whole_number(1, 20)), Field(ge=1, le=20)]
