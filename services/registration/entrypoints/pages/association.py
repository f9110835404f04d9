"""What a coordinator works with: requests to answer, half-anonymous, and those in charge."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registration.domain.age import MAJORITY, age_band
from services.registration.domain.disclosure import identity_is_closed
from services.registration.domain.guardians import HOW
from services.registration.domain.pseudonym import pseudonym
from services.registration.domain.publics import visible_publics
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
    unsaid_how,
)
from services.registration.store import GuardianCheck, GuardianChecks, Requests, Routings
from services.registration.store.requests import Request as Asked
from services.registration.use_cases.accept_request import (
    DECLINED_FOR,
    accept_request,
    decline,
    open_identity,
)
from services.registration.use_cases.apply_guardian_decision import note_guardians_refusal
from services.registration.use_cases.settle_guardian_check import settle_check
from shared.contracts.vocabulary.associations import AssociationEntry
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.web import Form, language
from shared.web.sessions import form_token

router = APIRouter(prefix="/associations", include_in_schema=False, route_class=CoordinatorRoute)
PAGE = 50
"""Requests in charge on one page."""


@router.get("")
async def work_list(
    request: Request,
    coordinator: SignedIn,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """The association's requests: to answer first, those with the nearest deadline on top."""
    association = coordinator.association
    async with runtime_of(request).begin() as tx:
        requests, now = Requests(tx.connection), tx.now
        waiting = await requests.waiting_for(association.code)
        in_charge = await requests.in_charge_of(association.code, PAGE + 1, PAGE * (page - 1))
        checks = await _checks(association, tx)
    return show(
        request,
        "work_list.html",
        association=association,
        waiting=[_request_view(asked, association, now) for asked in waiting],
        in_charge=[_request_view(asked, association, now) for asked in in_charge[:PAGE]],
        checks=checks,
        page=page,
        more=len(in_charge) > PAGE,
        csrf=form_token(request),
    )


@router.get("/demandes/{request_id}")
async def show_request(request: Request, request_id: UUID, coordinator: SignedIn) -> Response:
    """One request, as much of it as may be seen now."""
    return await _page(request, request_id, coordinator)


@router.post("/demandes/{request_id}/prise-en-charge")
async def confirm(request: Request, request_id: UUID, coordinator: OwnForm) -> Response:
    """The association takes charge."""
    async with runtime_of(request).begin() as tx:
        await accept_request(request_id, coordinator.association.code, tx)
    return redirect(request, f"/associations/demandes/{request_id}")


@router.post("/demandes/{request_id}/refus")
async def hand_on(request: Request, request_id: UUID, coordinator: OwnForm) -> Response:
    """The association declines, with a reason; the request goes to the next best."""
    why = str((await request.form()).get("why", ""))
    if why not in DECLINED_FOR:
        refusal = Form(errors={"why": _words(request)})
        return await _page(request, request_id, coordinator, 422, refusal=refusal)
    async with runtime_of(request).begin() as tx:
        await decline(request_id, coordinator.association.code, why, tx)
    return redirect(request, "/associations")


@router.post("/demandes/{request_id}/parent")
async def settle_guardian(request: Request, request_id: UUID, coordinator: OwnForm) -> Response:
    """The association has seen to a minor's guardian, and how."""
    how = str((await request.form()).get("how", ""))
    if how not in HOW:
        refusal = Form(errors={"how": unsaid_how(request)})
        return await _page(request, request_id, coordinator, 422, seeing=refusal)
    async with runtime_of(request).begin() as tx:
        await settle_check(request_id, coordinator.association.code, coordinator.actor, how, tx)
    return redirect(request, f"/associations/demandes/{request_id}")


@router.post("/demandes/{request_id}/parent/opposition")
async def note_objection(request: Request, request_id: UUID, coordinator: OwnForm) -> Response:
    """The guardian told the association no: everything stops."""
    async with runtime_of(request).begin() as tx:
        await note_guardians_refusal(request_id, coordinator.association.code, tx)
    return redirect(request, "/associations")


@router.post("/demandes/{request_id}/identite")
async def show_identity(request: Request, request_id: UUID, coordinator: OwnForm) -> Response:
    """Open who asks, once: it is shown in this answer and noted in the ledger."""
    async with runtime_of(request).begin() as tx:
        code, actor = coordinator.association.code, coordinator.actor
        person = await open_identity(request_id, code, actor, tx)
    if person is None:
        raise NotTheirs
    return await _page(request, request_id, coordinator, person=person)


async def _page(
    request: Request, request_id: UUID, coordinator: Coordinator, status: int = 200, **more: Any
) -> Response:
    association = coordinator.association
    async with runtime_of(request).begin() as tx:
        asked = await Requests(tx.connection).for_association(request_id, association.code)
        reasons = await Routings(tx.connection).reasons(request_id)
        check = await GuardianChecks(tx.connection).get_for_update(request_id)
        now = tx.now
    if asked is None:
        raise NotTheirs
    seen = _request_view(asked, association, now)
    known = {"association": association, "asked": asked, "seen": seen, "reasons": reasons}
    known |= {"identity_closed": identity_is_closed(asked.closed_at, now)}
    known |= {"csrf": form_token(request), "person": None, "refusal": Form()}
    known |= {"check": check, "seeing": Form(), "hows": HOW}
    return show(request, "work_item.html", status, **known | more)


async def _checks(association: AssociationEntry, tx: Transaction) -> list[dict[str, Any]]:
    """Guardians to see to, the nearest deadline first."""
    waiting = await GuardianChecks(tx.connection).waiting_for(association.code)
    return [
        await _to_reach(check, tx)
        | {"kind": check.kind, "side": check.side, "left": (check.answer_by - tx.now).days}
        for check in waiting
    ]


async def _to_reach(check: GuardianCheck, tx: Transaction) -> dict[str, Any]:
    """Whose guardian it is, half-anonymous: a young person, or a mentor of 16 or 17."""
    known: dict[str, Any] = {"id": check.subject, "name": pseudonym(check.subject)}
    asked = await Requests(tx.connection).with_id(check.subject)
    return known | {"band": age_band(asked.age if asked else MAJORITY - 1)}


def _request_view(asked: Asked, association: AssociationEntry, now: Any) -> dict[str, Any]:
    """What an association may see of a request before it takes charge."""
    return {
        "id": asked.id,
        "state": asked.state,
        "name": pseudonym(asked.id),
        "band": age_band(asked.age),
        "criteria": asked.criteria,
        "publics": visible_publics(asked.criteria.publics, association.publics),
        "waited": (now - asked.registered_at).days,
        "left": (asked.answer_by - now).days if asked.answer_by else None,
    }


def _words(request: Request) -> str:
    if language(request) == "en":
        return "Say why, so that the request reaches an association that can serve it."
    return "Indiquez pourquoi, pour que la demande arrive à une association qui peut y répondre."
