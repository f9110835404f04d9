"""`/consentement/{token}`: a parent reads what is asked, and answers by a button."""

from fastapi import APIRouter, Depends, Request, Response

from services.registration.casework.consent import child_of, give_consent, refuse_consent
from services.registration.pages.look import closed_link, show
from shared.runtime.app import runtime_of
from shared.runtime.door_limits import per_network
from shared.runtime.links import fingerprint

router = APIRouter(prefix="/consentement", include_in_schema=False)
LIMITED = Depends(per_network("consents", "limit_consents_per_network"))


@router.get("/{token}")
async def explain(request: Request, token: str) -> Response:
    """What the child asks for, and what consenting means. Nothing happens yet."""
    async with runtime_of(request).begin() as tx:
        found = await child_of(fingerprint(token), tx)
    if found is None:
        return closed_link(request)
    asked, child = found
    return show(request, "consent.html", asked=asked, child=child, token=token)


@router.post("/{token}", dependencies=[LIMITED])
async def consent(request: Request, token: str) -> Response:
    """The parent says yes; the request goes on its way."""
    async with runtime_of(request).begin() as tx:
        given = await give_consent(fingerprint(token), tx)
    return show(request, "consented.html") if given else closed_link(request)


@router.post("/{token}/refus", dependencies=[LIMITED])
async def refuse(request: Request, token: str) -> Response:
    """The parent says no; nothing is kept."""
    async with runtime_of(request).begin() as tx:
        refused = await refuse_consent(fingerprint(token), tx)
    return show(request, "consent_refused.html") if refused else closed_link(request)
