"""`/demande/{token}/adresse`: whoever reads our messages says so, by a button."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.casework.proving import prove_by_link
from services.registration.pages.look import closed_link
from services.registration.store import Links
from shared.runtime.app import runtime_of
from shared.runtime.links import fingerprint
from shared.runtime.web import reading

router = APIRouter(include_in_schema=False)


@router.post("/demande/{token}/adresse")
async def prove(request: Request, token: str) -> Response:
    """The address that this link was sent to is theirs."""
    async with runtime_of(request).begin() as tx:
        found = await Links(tx.connection).subject("request", fingerprint(token), tx.now)
        if not found or not await prove_by_link(UUID(found), tx):
            return closed_link(request)
    return RedirectResponse(reading(f"/demande/{token}", request), 303)
