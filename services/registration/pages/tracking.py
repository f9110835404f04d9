"""`/demande/{token}`: where is my request? For young people, mentors, and right after a form."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registration.casework.keyring import vault
from services.registration.domain.explaining import why_not_yet, why_this_mentor
from services.registration.domain.tracking import (
    STOPPED,
    PairStages,
    RequestStages,
    Step,
    steps_of_mentor,
    steps_of_request,
)
from services.registration.pages.look import closed_link, show
from services.registration.store import Explanations, Links, Pairs, People, Receipts, Requests
from services.registration.store.requests import Request as Asked
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.runtime.app import runtime_of
from shared.runtime.database import Record
from shared.runtime.links import fingerprint
from shared.runtime.transaction import Transaction

router = APIRouter(include_in_schema=False)


@router.get("/demande/{token}")
async def tell(request: Request, token: str) -> Response:
    """The steps, with their dates; from a form's receipt, what anybody may know."""
    mark = fingerprint(token)
    async with runtime_of(request).begin() as tx:
        if found := await Links(tx.connection).open("request", mark, tx.now):
            return await _standing(request, UUID(found), tx)
        if found := await Links(tx.connection).subject("receipt", mark, tx.now):
            return await _receipt(request, UUID(found), tx)
    return closed_link(request)


async def _standing(request: Request, subject: UUID, tx: Transaction) -> Response:
    asked = await Requests(tx.connection).with_id(subject)
    if asked is not None:
        return await _of_request(request, asked, tx)
    mentor = await People(tx.connection, vault()).mentor(subject)
    return await _of_mentor(request, mentor, tx) if mentor else closed_link(request)


async def _of_request(request: Request, asked: Asked, tx: Transaction) -> Response:
    pairs = await Pairs(tx.connection).of_request(asked.id)
    pair = _latest(pairs)
    waits = asked.state == "confirmed" and pair is None
    released = _released(pairs)
    explained = await Explanations(tx.connection).of_request(asked.id) if waits else None
    if explained and released and explained.explained_at < released:
        explained = None  # from before somebody was proposed
    return show(
        request,
        "request.html",
        asked=asked,
        stopped=asked.state in STOPPED,
        association=ASSOCIATIONS.get(asked.association or ""),
        pair=pair,
        again=waits and released is not None,
        explained=explained,
        why_not_yet=partial(why_not_yet, explained) if explained else None,
        why_this_mentor=partial(why_this_mentor, _components(pairs)),
        steps=steps_of_request(_stages(asked), pair),
    )


def _components(pairs: list[Record]) -> Mapping[str, float]:
    """How well the latest pair fits; nothing while only later facts about it have come."""
    standing = _standing_pairs(pairs)
    return (standing[-1]["components"] if standing else None) or {}


async def _of_mentor(request: Request, mentor: Record, tx: Transaction) -> Response:
    pairs = await Pairs(tx.connection).of_mentor(mentor["id"])
    pair = _latest(pairs)
    steps = steps_of_mentor(mentor["registered_at"], mentor["acknowledged_at"], pair)
    introduced = sum(1 for row in pairs if row["introduced_at"])
    return show(
        request,
        "volunteer.html",
        mentor=mentor,
        steps=steps,
        pair=pair,
        introduced=introduced,
        again=bool(pairs) and pair is None,
    )


async def _receipt(request: Request, receipt_id: UUID, tx: Transaction) -> Response:
    receipt = await Receipts(tx.connection).with_id(receipt_id)
    if receipt is None:
        return closed_link(request)
    steps = [Step("registered", receipt["created_at"], "done"), Step("message", state="now")]
    return show(request, "receipt.html", receipt=receipt, steps=steps)


def _stages(asked: Asked) -> RequestStages:
    return RequestStages(
        state=asked.state,
        registered=asked.registered_at,
        acknowledged=asked.acknowledged_at,
        asked_guardian=asked.state == "awaiting_consent" or asked.consented_at is not None,
        consented=asked.consented_at,
        routed=asked.routed_at,
        confirmed=asked.confirmed_at,
    )


def _released(pairs: list[Record]) -> datetime | None:
    """When the last proposal came to nothing; None: none has."""
    return max((row["released_at"] for row in pairs if row["released_at"]), default=None)


def _standing_pairs(pairs: list[Record]) -> list[Record]:
    return [row for row in pairs if not row["released_at"]]


def _latest(pairs: list[Record]) -> PairStages | None:
    """The latest pair that was not released."""
    standing = _standing_pairs(pairs)
    if not standing:
        return None
    row = standing[-1]
    return PairStages(
        proposed=row["proposed_at"] or row["confirmed_at"],
        introduced=row["introduced_at"],
        met=row["met_at"],
        renewed=row["renewed_at"],
        term=row["term"],
        ended=row["ended_at"],
        end_reason=row["end_reason"],
        asked_until=row["answer_until"],
        agreed=row["confirmed_at"],
    )
