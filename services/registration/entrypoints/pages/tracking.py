"""`/demande/{token}`: where is my request? For young people, mentors, and right after a form."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.domain.explanation import why_not_yet, why_this_mentor
from services.registration.domain.tracking import (
    STOPPED,
    Step,
    steps_of_mentor,
    steps_of_request,
)
from services.registration.entrypoints.pages.own_data import show_receipt
from services.registration.entrypoints.pages.page_templates import show, show_closed_link
from services.registration.entrypoints.pages.stages import latest_pair, stages_of, standing_pairs
from services.registration.entrypoints.pages.steps import show_steps
from services.registration.store import (
    Doubt,
    Doubts,
    Erasures,
    Explanations,
    Links,
    Pairs,
    People,
    Receipts,
    Requests,
)
from services.registration.store.requests import Request as Asked
from services.registration.use_cases.decide_doubt import confirm_own_registration
from services.registration.use_cases.keep_partner_link import STEPS
from services.registration.use_cases.prove_contact import asks_for_proof, prove_by_link
from services.registration.use_cases.vault_provider import vault
from shared.contracts.vocabulary.associations import association_or_head
from shared.persistence.database import Record
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.web import with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(include_in_schema=False)


@router.get("/demande/{token}")
async def tell(request: Request, token: str) -> Response:
    """The steps, with their dates; from a form's receipt, what anybody may know; from a partner's
    link, the steps alone."""
    mark = token_hash(token)
    async with runtime_of(request).begin() as tx:
        if subject := await Links(tx.connection).open("request", mark, tx.now):
            return await _standing(request, UUID(subject), token, tx)
        if subject := await Links(tx.connection).subject("receipt", mark, tx.now):
            return await _receipt(request, UUID(subject), tx)
        if subject := await Links(tx.connection).subject(STEPS, mark, tx.now):
            return await show_steps(request, UUID(subject), tx)
    return show_closed_link(request)


@router.post("/demande/{token}")
async def confirm_registration(request: Request, token: str) -> Response:
    """`It was me`, said of a second registration with the same details; this one goes on."""
    doubt_id = _id(str((await request.form()).get("doubt", "")))
    async with runtime_of(request).begin() as tx:
        subject = await Links(tx.connection).subject("request", token_hash(token), tx.now)
        person_id = await person_of(UUID(subject), tx) if subject else None
        if subject is None or person_id is None:
            return show_closed_link(request)
        await prove_by_link(UUID(subject), tx)
        if doubt_id:
            await confirm_own_registration(doubt_id, person_id, tx)
    return RedirectResponse(with_current_language(f"/demande/{token}", request), 303)


async def person_of(subject: UUID, tx: Transaction) -> UUID | None:
    """Whose tracking page this is: the young person of a request, or a mentor."""
    asked = await Requests(tx.connection).with_id(subject)
    if asked is not None:
        return asked.mentee_id
    mentor = await People(tx.connection, vault()).mentor(subject)
    return mentor["id"] if mentor else None


async def _repeats(person_id: UUID, tx: Transaction) -> list[Doubt]:
    """Registrations with the same details that this person may know to be their own, and has not
    said so yet."""
    doubts = await Doubts(tx.connection).against(person_id)
    return [one for one in doubts if one.holds and one.affirmed_at is None]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _standing(request: Request, subject: UUID, token: str, tx: Transaction) -> Response:
    erasure = await Erasures(tx.connection).about(subject)
    if erasure and erasure.asked_by != "consent":
        return show_receipt(request, erasure)
    asked = await Requests(tx.connection).with_id(subject)
    if asked is not None:
        return await _of_request(request, asked, token, tx)
    mentor = await People(tx.connection, vault()).mentor(subject)
    return await _of_mentor(request, mentor, token, tx) if mentor else show_closed_link(request)


async def _of_request(request: Request, asked: Asked, token: str, tx: Transaction) -> Response:
    pairs = await Pairs(tx.connection).of_request(asked.id)
    pair = latest_pair(pairs)
    waits = asked.state == "confirmed" and pair is None
    released = _last_release(pairs)
    explained = await Explanations(tx.connection).of_request(asked.id) if waits else None
    if explained and released and explained.explained_at < released:
        explained = None  # from before somebody was proposed
    return show(
        request,
        "request.html",
        token=token,
        repeats=await _repeats(asked.mentee_id, tx),
        asked=asked,
        stopped=asked.state in STOPPED,
        association=association_or_head(asked.association),
        pair=pair,
        again=waits and released is not None,
        explained=explained,
        why_not_yet=partial(why_not_yet, explained) if explained else None,
        why_this_mentor=partial(why_this_mentor, _components(pairs)),
        steps=steps_of_request(stages_of(asked), pair),
        unproved=await asks_for_proof(asked.mentee_id, "mentee", tx),
    )


def _components(pairs: list[Record]) -> Mapping[str, float]:
    """How well the latest pair fits; nothing while only later events about it have come."""
    standing = standing_pairs(pairs)
    return (standing[-1]["components"] if standing else None) or {}


async def _of_mentor(request: Request, mentor: Record, token: str, tx: Transaction) -> Response:
    pairs = await Pairs(tx.connection).of_mentor(mentor["id"])
    pair = latest_pair(pairs)
    steps = steps_of_mentor(
        mentor["registered_at"],
        mentor["acknowledged_at"],
        pair,
        awaits_guardian=mentor["awaits_guardian"],
    )
    introduced = sum(1 for row in pairs if row["introduced_at"])
    return show(
        request,
        "volunteer.html",
        token=token,
        repeats=await _repeats(mentor["id"], tx),
        mentor=mentor,
        steps=steps,
        pair=pair,
        introduced=introduced,
        again=bool(pairs) and pair is None,
        unproved=await asks_for_proof(mentor["id"], "mentor", tx),
    )


async def _receipt(request: Request, receipt_id: UUID, tx: Transaction) -> Response:
    receipt = await Receipts(tx.connection).with_id(receipt_id)
    if receipt is None:
        return show_closed_link(request)
    steps = [Step("registered", receipt["created_at"], "done"), Step("message", state="now")]
    return show(request, "receipt.html", receipt=receipt, steps=steps)


def _last_release(pairs: list[Record]) -> datetime | None:
    """When the last proposal came to nothing; None: none has."""
    return max((row["released_at"] for row in pairs if row["released_at"]), default=None)
