"""`/associations/naissance`: another birth date, checked by an association."""

from fastapi import APIRouter, Request, Response

from services.registration.domain.contact import CHECKED_BY
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.entrypoints.pages.contact import errors_of, voice_of
from services.registration.entrypoints.pages.coordinator import (
    CoordinatorRoute,
    OwnForm,
    SignedIn,
)
from services.registration.entrypoints.pages.own_people import SearchPage, ask_which, read_day
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

router = APIRouter(include_in_schema=False, route_class=CoordinatorRoute)


@router.get("/associations/naissance")
async def ask_for_other(request: Request, coordinator: SignedIn) -> Response:
    """Who it is, how it was checked, and the right day."""
    return SearchPage(request, "birth_checked.html", coordinator).show(Form())


@router.post("/associations/naissance")
async def correct_for_other(request: Request, coordinator: OwnForm) -> Response:
    """The association has checked: in effect at once, noted under the name of who did it."""
    page = SearchPage(request, "birth_checked.html", coordinator)
    form = Form.from_request(await request.form())
    code, actor = coordinator.association.code, coordinator.actor
    try:
        async with runtime_of(request).begin() as tx:
            done = await _correct_other(form, code, actor, tx)
    except InvalidRegistration as refused:
        errors = errors_of(refused, voice_of(request, "vous"))
        return page.show(form.with_errors(errors), 422)
    if done is True:
        return page.show(Form(), done=True)
    wrong = {"which": ask_which(language(request) == "en")} if done else _nobody(request)
    return page.show(form.with_errors(wrong), 422, namesakes=done or ())


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


def _nobody(request: Request) -> dict[str, str]:
    if language(request) == "en":
        return {"last_name": "None of the people in your charge has this name and date of birth."}
    return {"last_name": "Aucune personne que vous suivez n’a ce nom et cette date de naissance."}
