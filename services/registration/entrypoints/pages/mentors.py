"""`/associations/mentors`: whom an association has to check before they may accompany minors."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.domain.clearance import is_plausible_last_day, months_after
from services.registration.domain.fields import read_day
from services.registration.domain.guardians import HOW
from services.registration.domain.pseudonym import pseudonym
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
from services.registration.use_cases.refuse_own_affair import OwnAffair
from services.registration.use_cases.settle_guardian_check import settle_check
from shared.contracts.vocabulary.associations import (
    ASSOCIATIONS,
    NETWORK_HEAD,
    AssociationEntry,
)
from shared.contracts.vocabulary.programmes import PROGRAMME
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.web import Form, language, with_current_language
from shared.web.sessions import form_token

router = APIRouter(prefix="/associations/mentors", include_in_schema=False)
Act = Callable[[str, str, Transaction], Awaitable[bool]]
"""What a button does, given the association's code and who pressed it."""


@router.get("")
async def list_mentors(request: Request) -> Response:
    """The association's mentors: claims to decide, whom to check, who is cleared until when."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    async with runtime_of(request).begin() as tx:
        clearances, today = Clearances(tx.connection), today_in_paris(tx)
        claims = await clearances.claims_for(association.code)
        to_clear = await clearances.to_clear(association.code, NETWORK_HEAD, ASSOCIATIONS, today)
        cleared = await clearances.list_cleared(association.code, NETWORK_HEAD, ASSOCIATIONS, today)
    known: dict[str, Any] = {"claims": claims, "name_of": pseudonym, "today": today}
    known |= {
        "to_clear": list(map(_mentor_view, to_clear)),
        "cleared": list(map(_mentor_view, cleared)),
    }
    return show(request, "mentors.html", association=association, **known)


@router.get("/{mentor_id}")
async def show_mentor(request: Request, mentor_id: UUID) -> Response:
    """One mentor, without their name, and what may be recorded."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    return await _page(request, mentor_id, association)


@router.post("/{mentor_id}/identite")
async def show_identity(request: Request, mentor_id: UUID) -> Response:
    """Open who it is, once: shown in this answer, noted in the ledger."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    if not await has_own_form(request):
        return forbidden(request)
    actor = await actor_of(request)
    async with runtime_of(request).begin() as tx:
        person = await open_mentor(mentor_id, association.code, actor, tx)
    if person is None:
        return no_such_page(request)
    return await _page(request, mentor_id, association, person=person)


@router.post("/{mentor_id}/habilitation")
async def record(request: Request, mentor_id: UUID) -> Response:
    """The association has checked: until when it holds."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    form = Form.from_request(await request.form())
    async with runtime_of(request).begin() as tx:
        until = _last_day(form.value("until"), today_in_paris(tx))
    if until is None:
        refusal = form.with_errors({"until": _words(request)})
        return await _page(request, mentor_id, association, 422, form=refusal)

    async def act(code: str, actor: str, tx: Transaction) -> bool:
        return await record_clearance(mentor_id, until, code, actor, tx)

    return await _act(request, act)


@router.post("/{mentor_id}/retrait")
async def withdraw(request: Request, mentor_id: UUID) -> Response:
    """The association takes the clearance back, at once."""

    async def act(code: str, actor: str, tx: Transaction) -> bool:
        return await withdraw_clearance(mentor_id, code, actor, tx)

    return await _act(request, act)


@router.post("/{mentor_id}/ecarter")
async def set_aside(request: Request, mentor_id: UUID) -> Response:
    """What was claimed is not followed; nothing changes."""

    async def act(code: str, actor: str, tx: Transaction) -> bool:
        return await set_claims_aside(mentor_id, code, actor, tx)

    return await _act(request, act)


@router.post("/{mentor_id}/parent")
async def settle_guardian(request: Request, mentor_id: UUID) -> Response:
    """The association has seen to the guardian of a mentor of 16 or 17, and how."""
    how = str((await request.form()).get("how", ""))
    if how not in HOW:
        association = await association_of(request)
        if association is None:
            return to_entrance(request)
        refusal = Form(errors={"how": unsaid_how(request)})
        return await _page(request, mentor_id, association, 422, seeing=refusal)

    async def act(code: str, actor: str, tx: Transaction) -> bool:
        return await settle_check(mentor_id, code, actor, how, tx)

    return await _act(request, act)


@router.post("/{mentor_id}/parent/opposition")
async def note_objection(request: Request, mentor_id: UUID) -> Response:
    """The guardian of a mentor of 16 or 17 told the association no: the mentor is not one."""

    async def act(code: str, _actor: str, tx: Transaction) -> bool:
        return await note_objection_to_mentor(mentor_id, code, tx)

    return await _act(request, act)


async def _act(request: Request, act: Act) -> Response:
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    if not await has_own_form(request):
        return forbidden(request)
    actor = await actor_of(request)
    try:
        async with runtime_of(request).begin() as tx:
            done = await act(association.code, actor, tx)
    except OwnAffair:
        return own_affair(request)
    if not done:
        return no_such_page(request)
    return RedirectResponse(with_current_language("/associations/mentors", request), 303)


async def _page(
    request: Request,
    mentor_id: UUID,
    association: AssociationEntry,
    status: int = 200,
    **more: Any,
) -> Response:
    async with runtime_of(request).begin() as tx:
        mentor = await look_at_mentor(mentor_id, association.code, tx)
        claims = await Clearances(tx.connection).claims_about(mentor_id)
        check = await GuardianChecks(tx.connection).get_for_update(mentor_id)
        today = today_in_paris(tx)
    if mentor is None:
        return no_such_page(request)
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
