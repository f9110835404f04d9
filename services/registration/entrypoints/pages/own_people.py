"""What the forms have in common on which an association names one of its own people."""

from collections.abc import Sequence
from datetime import date

from pydantic_core import PydanticCustomError

from services.registration.domain import fields
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.pseudonym import pseudonym
from services.registration.use_cases.find_person import OwnPerson
from shared.web import Form


def read_day(form: Form, name: str) -> date:
    """The birth date in this field. Raises InvalidRegistration where it cannot be read."""
    try:
        return fields.birth_date(form.value(name))
    except PydanticCustomError as error:
        raise InvalidRegistration([Fault(name, error.type)]) from None


def choices_of(namesakes: Sequence[OwnPerson]) -> list[tuple[str, str]]:
    """Namesakes to choose from: what is sent, and the code name that is shown."""
    return [(str(one.subject), pseudonym(one.subject)) for one in namesakes]


def ask_which(english: bool) -> str:
    """Several people are meant."""
    if english:
        return "Several of your people have this name and date of birth: choose which one."
    return "Plusieurs personnes que vous suivez ont ce nom et cette date de naissance : choisissez."
