"""`/naissance`: another birth date, by one's own link to a later day only, by an association."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Request, Response
from pydantic_core import PydanticCustomError

from services.registration.domain import fields
from services.registration.domain.contact import CHECKED_BY
from services.registration.domain.errors import Fault, InvalidRegistration, Voice
from services.registration.domain.pseudonym import pseudonym
from services.registration.entrypoints.pages.coordinator import (
    actor_of,
    association_of,
    has_own_form,
    to_entrance,
)
from services.registration.entrypoints.pages.lost_contact import several
from services.registration.entrypoints.pages.own_data import DOORS
from services.registration.entrypoints.pages.page_templates import (
    forbidden,
    own_affair,
    show,
    show_closed_link,
)
from services.registration.use_cases.correcting_birth import (
    correct_checked_birth,
    correct_own_birth,
)
from services.registration.use_cases.exercise_rights import Reader, read_link
from services.registration.use_cases.find_person import OwnPerson, find_own_people
from services.registration.use_cases.own_affairs import OwnAffair
from shared.persistence.transaction import Transaction
from shared.service.asgi import runtime_of
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
    return await _ask(request, "guardian", token)


@router.post("/demande/{token}/naissance")
async def correct_own(request: Request, token: str) -> Response:
    """To a later day at once; an earlier one is for the association to check."""
    return await _correct(request, "person", token)


@router.post("/parent/{token}/naissance")
async def correct_own_as_guardian(request: Request, token: str) -> Response:
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
    wrong = {"which": several(language(request) == "en")} if done else _nobody(request)
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
    born = _day(form)
    names = (form.value("first_name"), form.value("last_name"))
    found = await find_own_people(names, form.value("known_born"), association, actor, tx)
    meant = [one for one in found if len(found) == 1 or str(one.subject) == form.value("which")]
    if len(meant) != 1:
        return found or False
    return await correct_checked_birth(meant[0].person_id, actor, born, form.value("way"), tx)


async def _ask(request: Request, reader: Reader, token: str) -> Response:
    async with runtime_of(request).begin() as tx:
        linked = await read_link(reader, token_hash(token), tx)
    return _own(request, reader, token, Form()) if linked else show_closed_link(request)


async def _correct(request: Request, reader: Reader, token: str) -> Response:
    form = Form.from_request(await request.form())
    try:
        async with runtime_of(request).begin() as tx:
            linked = await read_link(reader, token_hash(token), tx)
            if linked is None or not await correct_own_birth(linked, _day(form), tx):
                return show_closed_link(request)
    except InvalidRegistration as refused:
        return _own(request, reader, token, form.with_errors(_errors(request, refused)), 422)
    return _own(request, reader, token, Form(), done=True)


def _day(form: Form) -> date:
    """Raises InvalidRegistration for a date that cannot be read."""
    try:
        return fields.birth_date(form.value("born"))
    except PydanticCustomError as error:
        raise InvalidRegistration([Fault("born", error.type)]) from None


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
        namesakes=[(str(one.subject), pseudonym(one.subject)) for one in namesakes],
        csrf=form_token(request),
    )


def _errors(request: Request, refused: InvalidRegistration) -> dict[str, str]:
    voice: Voice = "en" if language(request) == "en" else "vous"
    return {fault.field: fault.sentence(voice) for fault in refused.faults}


def _nobody(request: Request) -> dict[str, str]:
    if language(request) == "en":
        return {"last_name": "None of the people in your charge has this name and date of birth."}
    return {"last_name": "Aucune personne que vous suivez n’a ce nom et cette date de naissance."}
