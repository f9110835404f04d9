"""`/associations/doublons`: registrations that may be one person, and who decides it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.entrypoints.pages.coordinator import (
    actor_of,
    association_of,
    has_own_form,
    to_entrance,
)
from services.registration.entrypoints.pages.page_templates import (
    forbidden,
    no_such_page,
    own_affair,
    show,
)
from services.registration.store import Doubts, People
from services.registration.use_cases.decide_doubt import decide_doubt, open_own_person, own_doubt
from services.registration.use_cases.refuse_own_affair import OwnAffair
from services.registration.use_cases.vault_provider import vault
from shared.contracts.vocabulary.associations import AssociationEntry
from shared.service.dependencies import runtime_of
from shared.web import Form, language, with_current_language
from shared.web.sessions import form_token

router = APIRouter(prefix="/associations/doublons", include_in_schema=False)
LISTED = 200
ANSWERS = {"same": True, "different": False}


@router.get("")
async def list_doubts(request: Request) -> Response:
    """The association's doubts, those with the nearest deadline on top; nobody's name."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    async with runtime_of(request).begin() as tx:
        doubts = await Doubts(tx.connection).list_for(association.code, LISTED)
    return show(request, "doubts.html", association=association, doubts=doubts)


@router.get("/{doubt_id}")
async def show_doubt(request: Request, doubt_id: UUID) -> Response:
    """One doubt: which fields agree, and the two answers."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    return await _page(request, doubt_id, association)


@router.post("/{doubt_id}/identite")
async def show_own_person(request: Request, doubt_id: UUID) -> Response:
    """Open the association's own person, once: shown in this answer, noted in the ledger."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    if not await has_own_form(request):
        return forbidden(request)
    actor = await actor_of(request)
    async with runtime_of(request).begin() as tx:
        person = await open_own_person(doubt_id, association.code, actor, tx)
    if person is None:
        return no_such_page(request)
    return await _page(request, doubt_id, association, person=person)


@router.post("/{doubt_id}")
async def decide(request: Request, doubt_id: UUID) -> Response:
    """The same person, or two: the association's word settles it."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    if not await has_own_form(request):
        return forbidden(request)
    answer = str((await request.form()).get("answer", ""))
    if answer not in ANSWERS:
        refusal = Form(errors={"answer": _words(request)})
        return await _page(request, doubt_id, association, 422, refusal=refusal)
    actor = await actor_of(request)
    try:
        async with runtime_of(request).begin() as tx:
            await decide_doubt(doubt_id, association.code, actor, ANSWERS[answer], tx)
    except OwnAffair:
        return own_affair(request)
    return RedirectResponse(with_current_language("/associations/doublons", request), 303)


async def _page(
    request: Request,
    doubt_id: UUID,
    association: AssociationEntry,
    status: int = 200,
    **more: Any,
) -> Response:
    async with runtime_of(request).begin() as tx:
        doubt = await own_doubt(doubt_id, association.code, tx)
        door = await People(tx.connection, vault()).door_of(doubt.earlier_id) if doubt else None
    if doubt is None:
        return no_such_page(request)
    known: dict[str, Any] = {"person": None, "refusal": Form(), "csrf": form_token(request)}
    known["by_open_page"] = door == "page"
    return show(request, "doubt.html", status, association=association, doubt=doubt, **known | more)


def _words(request: Request) -> str:
    if language(request) == "en":
        return "Say whether it is the same person."
    return "Dites si c’est la même personne."
