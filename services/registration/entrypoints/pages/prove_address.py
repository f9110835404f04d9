"""`/demande/{token}/adresse`: whoever reads our messages says so, by a button."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.entrypoints.pages.page_templates import show_closed_link
from services.registration.store import Links
from services.registration.use_cases.prove_contact import prove_by_link
from shared.service.dependencies import runtime_of
from shared.web import with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(include_in_schema=False)


@router.post("/demande/{token}/adresse")
async def prove(request: Request, token: str) -> Response:
    """The address that this link was sent to is theirs."""
    async with runtime_of(request).begin() as tx:
        request_id = await Links(tx.connection).subject("request", token_hash(token), tx.now)
        if not request_id or not await prove_by_link(UUID(request_id), tx):
            return show_closed_link(request)
    return RedirectResponse(with_current_language(f"/demande/{token}", request), 303)
