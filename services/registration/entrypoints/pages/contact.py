"""Another address or number: on one's own page, and stopped from the old one."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.domain.errors import InvalidRegistration, Voice
from services.registration.entrypoints.pages.own_data import OWN_PAGES
from services.registration.entrypoints.pages.page_templates import show, show_closed_link
from services.registration.use_cases.answer_again import (
    CONTACT_FORM,
    KeyReused,
    Sent,
    answer_again,
    keep_answer,
    sent_form,
)
from services.registration.use_cases.change_contact import (
    change_behind,
    change_own_contact,
    stop_change,
)
from services.registration.use_cases.exercise_rights import Reader, read_link
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.web import Form, language, with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(include_in_schema=False)
FIELDS = ("email", "phone")


@router.get("/demande/{token}/contact")
async def ask_own(request: Request, token: str) -> Response:
    """An empty form: what is known now is not shown to whoever holds the link."""
    return await _ask(request, "person", token)


@router.get("/parent/{token}/contact")
async def ask_own_as_guardian(request: Request, token: str) -> Response:
    """Show the form to a guardian."""
    return await _ask(request, "guardian", token)


@router.post("/demande/{token}/contact")
async def change_own(request: Request, token: str) -> Response:
    """The person behind the link is reached elsewhere, at once."""
    return await _change(request, "person", token)


@router.post("/parent/{token}/contact")
async def change_own_as_guardian(request: Request, token: str) -> Response:
    """A guardian's contact is changed by the guardian's link alone."""
    return await _change(request, "guardian", token)


@router.get("/contact-change/{token}")
async def show_change(request: Request, token: str) -> Response:
    """What the old address was told of, and the button that says no."""
    async with runtime_of(request).begin() as tx:
        change = await change_behind(token_hash(token), tx)
    if change is None:
        return show_closed_link(request)
    return show(request, "contact_change.html", state=change.state, token=token)


@router.post("/contact-change/{token}")
async def stop(request: Request, token: str) -> Response:
    """The old address says no."""
    async with runtime_of(request).begin() as tx:
        change = await change_behind(token_hash(token), tx)
        stopped = await stop_change(token_hash(token), tx)
    if change is None:
        return show_closed_link(request)
    if not stopped and change.state != "stopped":
        return show(request, "contact_change.html", 409, state="taken", token=token)
    return RedirectResponse(with_current_language(f"/contact-change/{token}", request), 303)


async def _ask(request: Request, reader: Reader, token: str) -> Response:
    async with runtime_of(request).begin() as tx:
        linked = await read_link(reader, token_hash(token), tx)
    return _own(request, reader, token, Form()) if linked else show_closed_link(request)


async def _change(request: Request, reader: Reader, token: str) -> Response:
    form = Form.from_request(await request.form())
    entry = {name: form.value(name) for name in FIELDS}
    try:
        async with runtime_of(request).begin() as tx:
            sent = sent_form(CONTACT_FORM, form.key, entry | {"reader": reader, "link": token})
            done = await _save_change(reader, token, sent, entry, tx)
    except KeyReused:
        return _own(request, reader, token, form.with_used_key(), 409)
    except InvalidRegistration as refused:
        form = form.with_errors(errors_of(refused, voice_of(request, "vous")))
        return _own(request, reader, token, form, 422)
    return _own(request, reader, token, Form(), done=True) if done else show_closed_link(request)


async def _save_change(
    reader: Reader, token: str, sent: Sent, values: Mapping[str, str], tx: Transaction
) -> bool:
    """False for a link that does not open. Raises KeyReused, InvalidRegistration."""
    linked = await read_link(reader, token_hash(token), tx)
    if linked is None:
        return False
    if await answer_again(sent, tx):
        return True
    subject = linked.subject
    if not await change_own_contact(subject.person_id, reader, values, tx):
        return False
    await keep_answer(sent, subject.side, subject.person_id, tx)
    return True


def _own(
    request: Request,
    reader: Reader,
    token: str,
    form: Form,
    status: int = 200,
    done: bool = False,
) -> Response:
    own = OWN_PAGES[reader].format(token=token)
    return show(request, "contact.html", status, form=form, own=own, done=done)


def errors_of(refused: InvalidRegistration, voice: Voice) -> dict[str, str]:
    """What is wrong with a contact, in words, by field."""
    return {fault.field: fault.sentence(voice) for fault in refused.faults}


def voice_of(request: Request, french: Voice) -> Voice:
    """How a page speaks to its reader."""
    return "en" if language(request) == "en" else french
