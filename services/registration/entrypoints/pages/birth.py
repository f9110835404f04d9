"""`/naissance`: another birth date, by one's own link to a later day only, by an association."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from services.registration.domain.contact import CHECKED_BY
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.entrypoints.pages.contact import errors_of, voice_of
from services.registration.entrypoints.pages.coordinator import (
    actor_of,
    association_of,
    has_own_form,
    to_entrance,
)
from services.registration.entrypoints.pages.own_data import DOORS
from services.registration.entrypoints.pages.own_people import ask_which, choices_of, read_day
from services.registration.entrypoints.pages.page_templates import (
    forbidden,
    own_affair,
    show,
    show_closed_link,
)
from services.registration.use_cases.correct_birth_date import (
    correct_checked_birth,
    correct_own_birth,
)
from services.registration.use_cases.exercise_rights import Reader, read_link
from services.registration.use_cases.find_person import (
    OwnPerson,
    Search,
    choose_person,
    find_own_people,
)
from services.registration.use_cases.refuse_own_affair import OwnAffair
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.web import Form, language
from shared.web.sessions import form_token
from shared.web.signed_links import token_hash

router = APIRouter(include_in_schema=False)


@router.get("/demande/{token}/naissance")
async def ask_own(request: Request, token: str) -> Response:
    """An empty form: what is known stands on the page of own data."""
    return await _ask(request, "person", token)


@router.get("/parent/{token}/naissance")
async def ask_own_as_guardian(request: Request, token: str) -> Response:
    """Show the form to a guardian."""
    return await _ask(request, "guardian", token)


@router.post("/demande/{token}/naissance")
async def correct_own(request: Request, token: str) -> Response:
    """To a later day at once; an earlier one is for the association to check."""
    return await _correct(request, "person", token)


@router.post("/parent/{token}/naissance")
async def correct_own_as_guardian(request: Request, token: str) -> Response:
    """Take a guardian's correction."""
    return await _correct(request, "guardian", token)


@router.get("/associations/naissance")
async def ask_for_other(request: Request) -> Response:
    """Who it is, how it was checked, and the right day."""
    if await association_of(request) is None:
        return to_entrance(request)
    return await _of_other(request, Form())


@router.post("/associations/naissance")
async def correct_for_other(request: Request) -> Response:
    """The association has checked: in effect at once, noted under the name of who did it."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    if not await has_own_form(request):
        return forbidden(request)
    form = Form.from_request(await request.form())
    try:
        async with runtime_of(request).begin() as tx:
            done = await _correct_other(form, association.code, await actor_of(request), tx)
    except OwnAffair:
        return own_affair(request)
    except InvalidRegistration as refused:
        return await _of_other(request, form.with_errors(_errors(request, refused)), 422)
    if done is True:
        return await _of_other(request, Form(), done=True)
    wrong = {"which": ask_which(language(request) == "en")} if done else _nobody(request)
    return await _of_other(request, form.with_errors(wrong), 422, namesakes=done or ())


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


async def _ask(request: Request, reader: Reader, token: str) -> Response:
    async with runtime_of(request).begin() as tx:
        linked = await read_link(reader, token_hash(token), tx)
    return _own(request, reader, token, Form()) if linked else show_closed_link(request)


async def _correct(request: Request, reader: Reader, token: str) -> Response:
    form = Form.from_request(await request.form())
    try:
        async with runtime_of(request).begin() as tx:
            linked = await read_link(reader, token_hash(token), tx)
            if linked is None or not await correct_own_birth(linked, read_day(form, "born"), tx):
                return show_closed_link(request)
    except InvalidRegistration as refused:
        return _own(request, reader, token, form.with_errors(_errors(request, refused)), 422)
    return _own(request, reader, token, Form(), done=True)


def _own(
    request: Request, reader: Reader, token: str, form: Form, status: int = 200, done: bool = False
) -> Response:
    own = DOORS[reader].format(token=token)
    return show(request, "birth.html", status, form=form, own=own, done=done)


async def _of_other(
    request: Request,
    form: Form,
    status: int = 200,
    done: bool = False,
    namesakes: Sequence[OwnPerson] = (),
) -> Response:
    return show(
        request,
        "birth_checked.html",
        status,
        association=await association_of(request),
        form=form,
        done=done,
        namesakes=choices_of(namesakes),
        csrf=form_token(request),
    )


def _errors(request: Request, refused: InvalidRegistration) -> dict[str, str]:
    return errors_of(refused, voice_of(request, "vous"))


def _nobody(request: Request) -> dict[str, str]:
    if language(request) == "en":
        return {"last_name": "None of the people in your charge has this name and date of birth."}
    return {"last_name": "Aucune personne que vous suivez n’a ce nom et cette date de naissance."}
