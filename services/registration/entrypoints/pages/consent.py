"""`/consentement/{token}`: a parent reads what is asked, says who they are, and answers."""

from typing import cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.registration.domain.declaration import ASKED, Declaration, read_declaration
from services.registration.domain.errors import InvalidRegistration, Voice
from services.registration.domain.identity import Identity
from services.registration.entrypoints.pages.page_templates import show, show_closed_link
from services.registration.store import People
from services.registration.use_cases.obtain_consent import (
    child_of,
    give_consent,
    mentor_asked_about,
    refuse_consent,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.types import Side
from shared.service.dependencies import runtime_of
from shared.service.rate_limits import per_network
from shared.web import Form, language
from shared.web.signed_links import token_hash

router = APIRouter(prefix="/consentement", include_in_schema=False)
LIMITED = Depends(per_network("consents", "limit_consents_per_network"))


@router.get("/{token}")
async def explain(request: Request, token: str) -> Response:
    """What the child asks for, and what consenting means. Nothing happens yet."""
    return await _page(request, token)


@router.post("/{token}", dependencies=[LIMITED])
async def consent(request: Request, token: str) -> Response:
    """The parent says who they are and yes; the request goes on its way."""
    form = Form.from_request(await request.form())
    try:
        declared = read_declaration({name: form.value(name) for name in ASKED})
    except InvalidRegistration as refused:
        voice: Voice = "en" if language(request) == "en" else "vous"
        errors = {fault.field: fault.sentence(voice) for fault in refused.faults}
        return await _page(request, token, form.with_errors(errors))
    given = await _give(request, token, declared)
    if given is None:
        return show_closed_link(request)
    person_id, side = given
    parent_token = runtime_of(request).links.token("parent", person_id)
    return show(request, "consented.html", parent_token=parent_token, side=side)


@router.post("/{token}/refus", dependencies=[LIMITED])
async def refuse(request: Request, token: str) -> Response:
    """The parent says no; nothing is kept."""
    async with runtime_of(request).begin() as tx:
        refused = await refuse_consent(token_hash(token), tx)
    return show(request, "consent_refused.html") if refused else show_closed_link(request)


async def _give(request: Request, token: str, declared: Declaration) -> tuple[UUID, Side] | None:
    async with runtime_of(request).begin() as tx:
        person_id = await give_consent(token_hash(token), declared, tx)
        if person_id is None:
            return None
        return person_id, await People(tx.connection, vault()).side_of(person_id)


async def _page(request: Request, token: str, form: Form | None = None) -> Response:
    async with runtime_of(request).begin() as tx:
        found = await child_of(token_hash(token), tx)
        mentor = None if found else await mentor_asked_about(token_hash(token), tx)
    if found is None and mentor is None:
        return show_closed_link(request)
    asked, child = found or (None, cast("Identity", mentor))
    known = {
        "guardian_first_name": child.guardian_first_name or "",
        "guardian_last_name": child.guardian_last_name or "",
    }
    seen = {"asked": asked, "child": child.first_name, "token": token}
    status = 422 if form else 200
    return show(request, "consent.html", status, form=form or Form(known), **seen)
