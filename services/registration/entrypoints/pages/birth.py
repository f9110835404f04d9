"""`/demande/…/naissance`: another birth date by one's own link, to a later day only."""

from fastapi import APIRouter, Request, Response

from services.registration.domain.errors import InvalidRegistration
from services.registration.entrypoints.pages.contact import errors_of, voice_of
from services.registration.entrypoints.pages.own_data import OWN_PAGES
from services.registration.entrypoints.pages.own_people import read_day
from services.registration.entrypoints.pages.page_templates import (
    show,
    show_closed_link,
)
from services.registration.use_cases.correct_birth_date import (
    correct_own_birth,
)
from services.registration.use_cases.exercise_rights import Reader, read_link
from shared.service.dependencies import runtime_of
from shared.web import Form
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
    own = OWN_PAGES[reader].format(token=token)
    return show(request, "birth.html", status, form=form, own=own, done=done)


def _errors(request: Request, refused: InvalidRegistration) -> dict[str, str]:
    return errors_of(refused, voice_of(request, "vous"))
