"""`/associations/doublons`: registrations that may be one person, and who decides it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registration.entrypoints.pages.coordinator import (
    Coordinator,
    CoordinatorRoute,
    NotTheirs,
    OwnForm,
    SignedIn,
    redirect,
)
from services.registration.entrypoints.pages.page_templates import (
    show,
)
from services.registration.store import Doubts, People
from services.registration.use_cases.decide_doubt import decide_doubt, open_own_person, own_doubt
from services.registration.use_cases.vault_provider import vault
from shared.service.dependencies import runtime_of
from shared.web import Form, language
from shared.web.sessions import form_token

router = APIRouter(
    prefix="/associations/doublons", include_in_schema=False, route_class=CoordinatorRoute
)
LISTED = 200
ANSWERS = {"same": True, "different": False}


@router.get("")
async def list_doubts(request: Request, coordinator: SignedIn) -> Response:
    """The association's doubts, those with the nearest deadline on top; nobody's name."""
    async with runtime_of(request).begin() as tx:
        doubts = await Doubts(tx.connection).list_for(coordinator.association.code, LISTED)
    return show(request, "doubts.html", association=coordinator.association, doubts=doubts)


@router.get("/{doubt_id}")
async def show_doubt(request: Request, doubt_id: UUID, coordinator: SignedIn) -> Response:
    """One doubt: which fields agree, and the two answers."""
    return await _page(request, doubt_id, coordinator)


@router.post("/{doubt_id}/identite")
async def show_own_person(request: Request, doubt_id: UUID, coordinator: OwnForm) -> Response:
    """Open the association's own person, once: shown in this answer, noted in the ledger."""
    async with runtime_of(request).begin() as tx:
        code, actor = coordinator.association.code, coordinator.actor
        person = await open_own_person(doubt_id, code, actor, tx)
    if person is None:
        raise NotTheirs
    return await _page(request, doubt_id, coordinator, person=person)


@router.post("/{doubt_id}")
async def decide(request: Request, doubt_id: UUID, coordinator: OwnForm) -> Response:
    """The same person, or two: the association's word settles it."""
    answer = str((await request.form()).get("answer", ""))
    if answer not in ANSWERS:
        refusal = Form(errors={"answer": _words(request)})
        return await _page(request, doubt_id, coordinator, 422, refusal=refusal)
    async with runtime_of(request).begin() as tx:
        code, actor = coordinator.association.code, coordinator.actor
        await decide_doubt(doubt_id, code, actor, ANSWERS[answer], tx)
    return redirect(request, "/associations/doublons")


async def _page(
    request: Request, doubt_id: UUID, coordinator: Coordinator, status: int = 200, **more: Any
) -> Response:
    association = coordinator.association
    async with runtime_of(request).begin() as tx:
        doubt = await own_doubt(doubt_id, association.code, tx)
        door = await People(tx.connection, vault()).door_of(doubt.earlier_id) if doubt else None
    if doubt is None:
        raise NotTheirs
    known: dict[str, Any] = {"person": None, "refusal": Form(), "csrf": form_token(request)}
    known["by_open_page"] = door == "page"
    return show(request, "doubt.html", status, association=association, doubt=doubt, **known | more)


def _words(request: Request) -> str:
    if language(request) == "en":
        return "Say whether it is the same person."
    return "Dites si c’est la même personne."
