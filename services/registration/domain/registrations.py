"""What a young person and a mentor tell us: the one validation behind every entrypoint.

Field names are those of the spreadsheets, so that a page, a partner's JSON, a message and a
CSV row speak alike. `read_mentee` and `read_mentor` give the registration or raise `Refused`
with every fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from services.registration.domain import fields
from services.registration.domain.age import (
    MENTEE_AGES,
    age_on,
    needs_guardian,
)
from services.registration.domain.errors import Fault, InvalidRegistration, errors_from, field_error
from services.registration.domain.identity import Identity
from services.registration.domain.phones import read_mobile
from shared.contracts.calendar import longest_wait_from
from shared.contracts.clearance import Clearance
from shared.contracts.types import PARIS
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, PUBLICS, SECTORS, SLOTS
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.contracts.vocabulary.programmes import PROGRAMME

CAMPAIGN = r"[a-z0-9_-]{1,40}"
WAYS = ("email", "guardian_email", "guardian_phone")
"""How a young person without a phone is reached."""
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
        if value > _context(info).today:
            raise field_error("in_the_future")
        return value

    @field_validator("since")
    @classmethod
    def _not_later(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        if value and value.astimezone(PARIS).date() > _context(info).today:
            raise field_error("in_the_future")
        return value

    @field_validator("commune")
    @classmethod
    def _lies_there(cls, value: str | None, info: ValidationInfo) -> str | None:
        department = info.data.get("department")
        if value and department and not value.startswith(department):
            raise field_error("elsewhere")
        return value


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
        age = age_on(_context(info).today, value)
        if age < MENTEE_AGES[0]:
            raise field_error("too_young")
        if age > MENTEE_AGES[1]:
            raise field_error("too_old")
        return value

    @field_validator("since")
    @classmethod
    def _not_too_long_ago(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        earliest = longest_wait_from(_context(info).today)
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
        if born and not known and needs_guardian(born, _context(info).today):
            raise field_error("under_15")
        return value

    @field_validator("guardian_phone", mode="before")
    @classmethod
    def _is_guardians_mobile(cls, value: Any, info: ValidationInfo) -> str | None:
        return _mobile(value, info)

    @field_validator("phone", mode="before")
    @classmethod
    def _is_mobile(cls, value: Any, info: ValidationInfo) -> str | None:
        if value is None and not any(info.data.get(x, "?") for x in WAYS):
            raise field_error("no_way_to_reach")
        return _mobile(value, info)


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
        if age_on(_context(info).today, value) < PROGRAMME.mentor_min_age:
            raise field_error("too_young")
        return value

    @field_validator("phone", "guardian_phone", mode="before")
    @classmethod
    def _is_mobile(cls, value: Any, info: ValidationInfo) -> str | None:
        return _mobile(value, info)


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


def _mobile(value: Any, info: ValidationInfo) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise field_error("unreadable")
    return read_mobile(value, info.data.get("department"), _context(info).fictional_numbers)


def _context(info: ValidationInfo) -> ValidationContext:
    around: ValidationContext = info.context  # type: ignore[assignment]  # always given by _read
    return around
