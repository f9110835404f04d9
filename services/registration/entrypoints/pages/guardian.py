"""`/parent/{token}`: a guardian's page, until the minor is 18. GET shows, POST withdraws."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.entrypoints.pages.page_templates import show, show_closed_link
from services.registration.use_cases.act_as_guardian import (
    GuardiansView,
    look_as_guardian,
    withdraw_as_guardian,
)
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.service.dependencies import runtime_of
from shared.service.rate_limits import per_network
from shared.web import with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(prefix="/parent", include_in_schema=False)
LIMITED = Depends(per_network("consents", "limit_consents_per_network"))


@router.get("/{token}")
async def look(request: Request, token: str) -> Response:
    """Where everything about the minor stands, and how to stop it."""
    async with runtime_of(request).begin() as tx:
        view = await look_as_guardian(token_hash(token), tx)
    return _page(request, token, view) if view else show_closed_link(request)


@router.post("/{token}/retrait", dependencies=[LIMITED])
async def withdraw(request: Request, token: str) -> Response:
    """The guardian withdraws: all contact stops. The page then says so."""
    async with runtime_of(request).begin() as tx:
        known = await withdraw_as_guardian(token_hash(token), tx)
    if not known:
        return show_closed_link(request)
    return RedirectResponse(with_current_language(f"/parent/{token}", request), 303)


def _page(request: Request, token: str, view: GuardiansView) -> Response:
    association = ASSOCIATIONS.get(view.association or "")
    return show(request, "parent.html", view=view, association=association, token=token)
