"""`/consentement/{token}`: a parent reads what is asked, and consents by a button."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registration.casework.consent import give_consent
from services.registration.pages.look import closed_link, show
from services.registration.store import Links, Requests
from shared.runtime.app import runtime_of
from shared.runtime.links import fingerprint

router = APIRouter(include_in_schema=False)


@router.get("/consentement/{token}")
async def explain(request: Request, token: str) -> Response:
    """What the child asks for, and what consenting means. Nothing happens yet."""
    async with runtime_of(request).begin() as tx:
        found = await Links(tx.connection).subject("consent", fingerprint(token), tx.now)
        asked = await Requests(tx.connection).with_id(UUID(found)) if found else None
    if asked is None or asked.state != "awaiting_consent":
        return closed_link(request)
    return show(request, "consent.html", asked=asked)


@router.post("/consentement/{token}")
async def consent(request: Request, token: str) -> Response:
    """The parent says yes; the request goes on its way."""
    async with runtime_of(request).begin() as tx:
        given = await give_consent(fingerprint(token), tx)
    return show(request, "consented.html") if given else closed_link(request)
