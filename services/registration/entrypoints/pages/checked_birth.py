"""`/associations/naissance`: another birth date, checked by an association."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from services.registration.domain.contact import CHECKED_BY
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.entrypoints.pages.contact import errors_of, voice_of
from services.registration.entrypoints.pages.coordinator import (
    Coordinator,
    CoordinatorRoute,
    OwnForm,
    SignedIn,
)
from services.registration.entrypoints.pages.own_people import ask_which, choices_of, read_day
from services.registration.entrypoints.pages.page_templates import (
    show,
)
from services.registration.use_cases.correct_birth_date import (
    correct_checked_birth,
)
from services.registration.use_cases.find_person import (
    OwnPerson,
    Search,
    choose_person,
    find_own_people,
)
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.web import Form, language
from shared.web.sessions import form_token

router = APIRouter(include_in_schema=False, route_class=CoordinatorRoute)


@router.get("/associations/naissance")
async def ask_for_other(request: Request, coordinator: SignedIn) -> Response:
    """Who it is, how it was checked, and the right day."""
    return _show_other(request, coordinator, Form())


@router.post("/associations/naissance")
async def correct_for_other(request: Request, coordinator: OwnForm) -> Response:
    """The association has checked: in effect at once, noted under the name of who did it."""
    form = Form.from_request(await request.form())
    code, actor = coordinator.association.code, coordinator.actor
    try:
        async with runtime_of(request).begin() as tx:
            done = await _correct_other(form, code, actor, tx)
    except InvalidRegistration as refused:
        errors = errors_of(refused, voice_of(request, "vous"))
        return _show_other(request, coordinator, form.with_errors(errors), 422)
    if done is True:
        return _show_other(request, coordinator, Form(), done=True)
    wrong = {"which": ask_which(language(request) == "en")} if done else _nobody(request)
    return _show_other(request, coordinator, form.with_errors(wrong), 422, namesakes=done or ())


async def _correct_other(
    form: Form, association: str, actor: str, tx: Transaction
) -> bool | list[OwnPerson]:
    """False for nobody in this association's charge; those who may be meant where there are
    several. Raises InvalidRegistration."""
    missing = [name for name in ("first_name", "last_name", "known_born") if not form.value(name)]
    if form.value("way") not in CHECKED_BY:
        missing.append("way")
    if missing:
        raise InvalidRegistration([Fault(name, "missing") for name in missing])
    born, known = read_day(form, "born"), read_day(form, "known_born")
    search = Search(form.value("first_name"), form.value("last_name"), known, "birth_correction")
    found = await find_own_people(search, association, actor, tx)
    meant = choose_person(found, form.value("which"))
    if meant is None:
        return found or False
    return await correct_checked_birth(meant.person_id, actor, born, form.value("way"), tx)


def _show_other(
    request: Request,
    coordinator: Coordinator,
    form: Form,
    status: int = 200,
    *,
    done: bool = False,
    namesakes: Sequence[OwnPerson] = (),
) -> Response:
    return show(
        request,
        "birth_checked.html",
        status,
        association=coordinator.association,
        form=form,
        done=done,
        namesakes=choices_of(namesakes),
        csrf=form_token(request),
    )


def _nobody(request: Request) -> dict[str, str]:
    if language(request) == "en":
        return {"last_name": "None of the people in your charge has this name and date of birth."}
    return {"last_name": "Aucune personne que vous suivez n’a ce nom et cette date de naissance."}
