"""The home page, and the forms for young people and for mentors."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.domain.errors import InvalidRegistration, Voice
from services.registration.domain.field_types import CAMPAIGN
from services.registration.entrypoints.pages.page_templates import (
    no_such_page,
    show,
    show_closed_link,
    show_later,
    show_used,
)
from services.registration.settings import RegistrationSettings
from services.registration.store import Links, Receipts
from services.registration.use_cases.add_person import Origin
from services.registration.use_cases.answer_again import (
    REGISTRATION_FORM,
    KeyReused,
    Sent,
    answer_again,
    keep_answer,
    sent_form,
)
from services.registration.use_cases.confirm_registration import hand_receipt
from services.registration.use_cases.limit_registrations import form_uses
from services.registration.use_cases.register_from_input import note_refusal, register_from_input
from shared.contracts.types import Side
from shared.persistence.limits import Use
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.service.rate_limits import client_address, seconds_to_wait
from shared.web import Form, language, with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(include_in_schema=False)
FORMS: Mapping[str, Side] = {"jeune": "mentee", "mentor": "mentor"}
SEVERAL = (
    "needs",
    "offers",
    "levels",
    "slots",
    "sectors",
    "publics",
    "languages",
    "more_languages",
)
ASKED: Mapping[Side, Sequence[str]] = {
    "mentee": (
        "first_name",
        "last_name",
        "born",
        "email",
        "phone",
        "department",
        "guardian_first_name",
        "guardian_email",
        "guardian_phone",
        "level",
        "needs",
        "sectors",
        "slots",
        "remote",
        "languages",
        "publics",
        "consent",
        "campaign",
    ),
    "mentor": (
        "first_name",
        "last_name",
        "born",
        "email",
        "phone",
        "department",
        "guardian_first_name",
        "guardian_email",
        "guardian_phone",
        "offers",
        "levels",
        "sectors",
        "capacity",
        "slots",
        "remote",
        "languages",
        "consent",
        "campaign",
        "company",
    ),
}
"""What each page asks, in its order; nothing else in a post is looked at."""
ORIGIN = Origin("page")


@router.get("/")
async def home(request: Request) -> Response:
    """Two large links: ask for a mentor, be one."""
    return show(request, "home.html")


@router.get("/inscription/{who}")
async def ask(request: Request, who: str) -> Response:
    """An empty form; a campaign or a company may stand in the address."""
    if who not in FORMS:
        return no_such_page(request)
    codes = {
        "campaign": _code(request.query_params.get("campagne")),
        "company": _code(request.query_params.get("entreprise")),
    }
    return show(request, f"{who}.html", form=Form({"languages": ["fr"], "remote": "yes", **codes}))


@router.post("/inscription/{who}")
async def register(request: Request, who: str) -> Response:
    """Thank, or show the form again with what is to be mended. The same form sent again is thanked
    in the same words, and counts for no limit."""
    if who not in FORMS:
        return no_such_page(request)
    form, side = Form.from_request(await request.form(), several=SEVERAL), FORMS[who]
    entry = _form_values(form, side, request)
    sent = sent_form(REGISTRATION_FORM, form.key, entry)
    try:
        receipt = await _receipt_of(sent, request)
        if receipt is None:
            if wait := await seconds_to_wait(request, _uses(entry, request)):
                return show_later(request, f"{who}.html", form, wait)
            async with runtime_of(request).begin() as tx:
                receipt = await _receive(sent, form, side, entry, tx)
    except KeyReused:
        return show_used(request, f"{who}.html", form)
    except InvalidRegistration as refused:
        return await _show_again(request, who, form, refused)
    token = runtime_of(request).links.token("receipt", receipt)
    return RedirectResponse(with_current_language(f"/inscription/merci/{token}", request), 303)


@router.get("/inscription/merci/{token}")
async def thank(request: Request, token: str) -> Response:
    """The form has arrived: what comes next, and where to look."""
    async with runtime_of(request).begin() as tx:
        receipt_id = await Links(tx.connection).subject("receipt", token_hash(token), tx.now)
        receipt = await Receipts(tx.connection).with_id(UUID(receipt_id)) if receipt_id else None
    if receipt is None:
        return show_closed_link(request)
    return show(request, "thanks.html", receipt=receipt, token=token)


async def _receipt_of(sent: Sent, request: Request) -> UUID | None:
    """The receipt of a form that came before. Raises KeyReused."""
    async with runtime_of(request).begin() as tx:
        given = await answer_again(sent, tx)
    return given.receipt if given else None


async def _receive(
    sent: Sent, form: Form, side: Side, values: dict[str, Any], tx: Transaction
) -> UUID:
    """A machine in the trap gets a receipt like everybody, and nothing is kept of it."""
    if (given := await answer_again(sent, tx)) and given.receipt:
        return given.receipt
    asks_guardian = bool(values.get("guardian_email") or values.get("guardian_phone"))
    admitted = None if form.is_spam else await register_from_input(side, values, ORIGIN, tx)
    receipt = await hand_receipt(side, asks_guardian, tx)
    await keep_answer(sent, side, admitted.subject if admitted else receipt, tx, receipt)
    return receipt


def _uses(values: Mapping[str, Any], request: Request) -> list[Use]:
    runtime = runtime_of(request)
    settings = cast("RegistrationSettings", runtime.settings)
    return form_uses(values, client_address(request), settings, runtime.limit_keys)


def _form_values(form: Form, side: Side, request: Request) -> dict[str, Any]:
    entry: dict[str, Any] = {name: form.values.get(name, "") for name in ASKED[side]}
    codes = {name: _code(form.value(name)) for name in ("campaign", "company") if name in entry}
    spoken = [*form.values_of("languages"), *form.values_of("more_languages")]
    return entry | codes | {"languages": spoken, "lang": language(request)}


async def _show_again(
    request: Request, who: str, form: Form, refused: InvalidRegistration
) -> Response:
    side = FORMS[who]
    async with runtime_of(request).begin() as tx:
        await note_refusal(side, refused, ORIGIN, tx)
    sentences = {fault.field: fault.sentence(_voice(request, side)) for fault in refused.faults}
    errors = {name: sentences[name] for name in ASKED[side] if name in sentences}
    return show(request, f"{who}.html", 422, form=form.with_errors(errors))


def _voice(request: Request, side: Side) -> Voice:
    if language(request) == "en":
        return "en"
    return "tu" if side == "mentee" else "vous"


def _code(written: str | None) -> str:
    """A campaign or company code from an address; a broken one never stops anybody."""
    return written if written and re.fullmatch(CAMPAIGN, written, re.ASCII) else ""
