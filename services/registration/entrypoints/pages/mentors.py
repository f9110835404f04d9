"""`/associations/mentors`: whom an association has to check before they may accompany minors."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registration.domain.clearance import is_plausible_last_day, months_after
from services.registration.domain.fields import read_day
from services.registration.domain.guardians import HOW
from services.registration.domain.pseudonym import pseudonym
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
from services.registration.store import Clearances, ClearedMentor, GuardianChecks
from services.registration.use_cases.act_as_guardian import note_objection_to_mentor
from services.registration.use_cases.decide_clearance import (
    look_at_mentor,
    open_mentor,
    record_clearance,
    set_claims_aside,
    withdraw_clearance,
)
from services.registration.use_cases.record_clearance import today_in_paris
from services.registration.use_cases.settle_guardian_check import settle_check
from shared.contracts.vocabulary.associations import (
    ASSOCIATIONS,
    NETWORK_HEAD,
)
from shared.contracts.vocabulary.programmes import PROGRAMME
from shared.service.dependencies import runtime_of
from shared.web import Form, language
from shared.web.sessions import form_token

router = APIRouter(
    prefix="/associations/mentors", include_in_schema=False, route_class=CoordinatorRoute
)


@router.get("")
async def list_mentors(request: Request, coordinator: SignedIn) -> Response:
    """The association's mentors: claims to decide, whom to check, who is cleared until when."""
    association = coordinator.association
    async with runtime_of(request).begin() as tx:
        clearances, today = Clearances(tx.connection), today_in_paris(tx)
        claims = await clearances.claims_for(association.code)
        to_clear = await clearances.to_clear(association.code, NETWORK_HEAD, ASSOCIATIONS, today)
        cleared = await clearances.list_cleared(association.code, NETWORK_HEAD, ASSOCIATIONS, today)
    return show(
        request,
        "mentors.html",
        association=association,
        claims=claims,
        name_of=pseudonym,
        today=today,
        to_clear=list(map(_mentor_view, to_clear)),
        cleared=list(map(_mentor_view, cleared)),
    )


@router.get("/{mentor_id}")
async def show_mentor(request: Request, mentor_id: UUID, coordinator: SignedIn) -> Response:
    """One mentor, without their name, and what may be recorded."""
    return await _page(request, mentor_id, coordinator)


@router.post("/{mentor_id}/identite")
async def show_identity(request: Request, mentor_id: UUID, coordinator: OwnForm) -> Response:
    """Open who it is, once: shown in this answer, noted in the ledger."""
    async with runtime_of(request).begin() as tx:
        person = await open_mentor(mentor_id, coordinator.association.code, coordinator.actor, tx)
    if person is None:
        raise NotTheirs
    return await _page(request, mentor_id, coordinator, person=person)


@router.post("/{mentor_id}/habilitation")
async def record(request: Request, mentor_id: UUID, coordinator: OwnForm) -> Response:
    """The association has checked: until when it holds."""
    form = Form.from_request(await request.form())
    code, actor = coordinator.association.code, coordinator.actor
    async with runtime_of(request).begin() as tx:
        until = _last_day(form.value("until"), today_in_paris(tx))
        done = until is not None and await record_clearance(mentor_id, until, code, actor, tx)
    if until is None:
        refusal = form.with_errors({"until": _words(request)})
        return await _page(request, mentor_id, coordinator, 422, form=refusal)
    return _to_list(request, done)


@router.post("/{mentor_id}/retrait")
async def withdraw(request: Request, mentor_id: UUID, coordinator: OwnForm) -> Response:
    """The association takes the clearance back, at once."""
    async with runtime_of(request).begin() as tx:
        code, actor = coordinator.association.code, coordinator.actor
        done = await withdraw_clearance(mentor_id, code, actor, tx)
    return _to_list(request, done)


@router.post("/{mentor_id}/ecarter")
async def set_aside(request: Request, mentor_id: UUID, coordinator: OwnForm) -> Response:
    """What was claimed is not followed; nothing changes."""
    async with runtime_of(request).begin() as tx:
        code, actor = coordinator.association.code, coordinator.actor
        done = await set_claims_aside(mentor_id, code, actor, tx)
    return _to_list(request, done)


@router.post("/{mentor_id}/parent")
async def settle_guardian(request: Request, mentor_id: UUID, coordinator: OwnForm) -> Response:
    """The association has seen to the guardian of a mentor of 16 or 17, and how."""
    how = str((await request.form()).get("how", ""))
    if how not in HOW:
        refusal = Form(errors={"how": unsaid_how(request)})
        return await _page(request, mentor_id, coordinator, 422, seeing=refusal)
    async with runtime_of(request).begin() as tx:
        code, actor = coordinator.association.code, coordinator.actor
        done = await settle_check(mentor_id, code, actor, how, tx)
    return _to_list(request, done)


@router.post("/{mentor_id}/parent/opposition")
async def note_objection(request: Request, mentor_id: UUID, coordinator: OwnForm) -> Response:
    """The guardian of a mentor of 16 or 17 told the association no: the mentor is not one."""
    async with runtime_of(request).begin() as tx:
        done = await note_objection_to_mentor(mentor_id, coordinator.association.code, tx)
    return _to_list(request, done)


def _to_list(request: Request, done: bool) -> Response:
    if not done:
        raise NotTheirs
    return redirect(request, "/associations/mentors")


async def _page(
    request: Request, mentor_id: UUID, coordinator: Coordinator, status: int = 200, **more: Any
) -> Response:
    association = coordinator.association
    async with runtime_of(request).begin() as tx:
        mentor = await look_at_mentor(mentor_id, association.code, tx)
        claims = await Clearances(tx.connection).claims_about(mentor_id)
        check = await GuardianChecks(tx.connection).get_for_update(mentor_id)
        today = today_in_paris(tx)
    if mentor is None:
        raise NotTheirs
    known: dict[str, Any] = {"person": None, "form": Form(), "csrf": form_token(request)}
    own = check if check and check.association == association.code else None
    known |= {"check": own, "seeing": Form(), "hows": HOW}
    known |= {"seen": _mentor_view(mentor), "claims": claims, "today": today}
    known["usual"] = months_after(today, PROGRAMME.clearance_months)
    return show(request, "mentor_item.html", status, association=association, **known | more)


def _mentor_view(mentor: ClearedMentor) -> dict[str, Any]:
    """What an association sees of a mentor before it opens who they are."""
    return {
        "id": mentor.id,
        "name": pseudonym(mentor.id),
        "criteria": mentor.criteria,
        "until": mentor.standing.until,
        "said_by": mentor.standing.said_by,
    }


def _last_day(written: str, today: date) -> date | None:
    """The day an association wrote; None where it cannot be the last one of a clearance."""
    try:
        day = read_day(written)
    except ValueError:
        return None
    return day if is_plausible_last_day(day, today) else None


def _words(request: Request) -> str:
    if language(request) == "en":
        return "Write the last day on which the clearance holds, from today to five years from now."
    return "Indiquez le dernier jour de l’habilitation, d’aujourd’hui à cinq ans au plus."
