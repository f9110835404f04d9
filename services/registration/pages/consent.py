"""`/consentement/{token}`: a parent reads what is asked, says who they are, and answers."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.registration.casework.consent import child_of, give_consent, refuse_consent
from services.registration.domain.declaration import ASKED, Declaration, read_declaration
from services.registration.domain.faults import Refused, Voice
from services.registration.pages.look import closed_link, show
from shared.runtime.app import runtime_of
from shared.runtime.door_limits import per_network
from shared.runtime.links import fingerprint
from shared.runtime.web import Form, language

router = APIRouter(prefix="/consentement", include_in_schema=False)
LIMITED = Depends(per_network("consents", "limit_consents_per_network"))


@router.get("/{token}")
async def explain(request: Request, token: str) -> Response:
    """What the child asks for, and what consenting means. Nothing happens yet."""
    return await _page(request, token)


@router.post("/{token}", dependencies=[LIMITED])
async def consent(request: Request, token: str) -> Response:
    """The parent says who they are and yes; the request goes on its way."""
    form = Form.typed(await request.form())
    try:
        declared = read_declaration({name: form.value(name) for name in ASKED})
    except Refused as refused:
        voice: Voice = "en" if language(request) == "en" else "vous"
        errors = {fault.field: fault.sentence(voice) for fault in refused.faults}
        return await _page(request, token, form.refused(errors))
    mentee_id = await _given(request, token, declared)
    if mentee_id is None:
        return closed_link(request)
    kept = runtime_of(request).links.token("parent", mentee_id)
    return show(request, "consented.html", kept=kept)


@router.post("/{token}/refus", dependencies=[LIMITED])
async def refuse(request: Request, token: str) -> Response:
    """The parent says no; nothing is kept."""
    async with runtime_of(request).begin() as tx:
        refused = await refuse_consent(fingerprint(token), tx)
    return show(request, "consent_refused.html") if refused else closed_link(request)


async def _given(request: Request, token: str, declared: Declaration) -> UUID | None:
    async with runtime_of(request).begin() as tx:
        return await give_consent(fingerprint(token), declared, tx)


async def _page(request: Request, token: str, form: Form | None = None) -> Response:
    async with runtime_of(request).begin() as tx:
        found = await child_of(fingerprint(token), tx)
    if found is None:
        return closed_link(request)
    asked, child = found
    known = {
        "guardian_first_name": child.guardian_first_name or "",
        "guardian_last_name": child.guardian_last_name or "",
    }
    seen = {"asked": asked, "child": child.first_name, "token": token}
    status = 422 if form else 200
    return show(request, "consent.html", status, form=form or Form(known), **seen)
