"""What the forms have in common on which an association names one of its own people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import Request, Response
from pydantic_core import PydanticCustomError

from services.registration.domain import fields
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.pseudonym import pseudonym
from services.registration.entrypoints.pages.coordinator import Coordinator
from services.registration.entrypoints.pages.page_templates import show
from services.registration.use_cases.find_person import OwnPerson
from shared.web import Form
from shared.web.sessions import form_token


def read_day(form: Form, name: str) -> date:
    """The birth date in this field. Raises InvalidRegistration where it cannot be read."""
    try:
        return fields.birth_date(form.value(name))
    except PydanticCustomError as error:
        raise InvalidRegistration([Fault(name, error.type)]) from None


@dataclass(frozen=True)
class SearchPage:
    """A form on which a coordinator names somebody, as its template shows it."""

    request: Request
    template: str
    coordinator: Coordinator

    def show(
        self,
        form: Form,
        status: int = 200,
        *,
        done: bool = False,
        namesakes: Sequence[OwnPerson] = (),
    ) -> Response:
        """The form, with the namesakes to choose from where several people are meant."""
        return show(
            self.request,
            self.template,
            status,
            association=self.coordinator.association,
            form=form,
            done=done,
            namesakes=_choices_of(namesakes),
            csrf=form_token(self.request),
        )


def _choices_of(namesakes: Sequence[OwnPerson]) -> list[tuple[str, str]]:
    """Namesakes to choose from: what is sent, and the code name that is shown."""
    return [(str(one.subject), pseudonym(one.subject)) for one in namesakes]


def ask_which(english: bool) -> str:
    """Several people are meant."""
    if english:
        return "Several of your people have this name and date of birth: choose which one."
    return "Plusieurs personnes que vous suivez ont ce nom et cette date de naissance : choisissez."
