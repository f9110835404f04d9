"""The partners' HTTP API: `POST /api/v1/registrations`."""

import json
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.schema import request_body_schema
from services.registration.settings import RegistrationSettings
from services.registration.store import Partners
from services.registration.use_cases.add_person import Origin
from services.registration.use_cases.answer_again import (
    KeyReused,
    Sent,
    answer_again,
    digest_of,
    keep_answer,
)
from services.registration.use_cases.keep_partner_link import STEPS, keep_steps_link
from services.registration.use_cases.limit_registrations import partner_use
from services.registration.use_cases.register_from_input import note_refusal, register_from_input
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction
from shared.service.definition import WorkerContext
from shared.service.dependencies import runtime_of
from shared.service.problems import Problem
from shared.service.rate_limits import check_limits

router = APIRouter(prefix="/api/v1", tags=["partners"])
REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not readable JSON"},
    401: {"description": "The key is missing or wrong"},
    409: {"description": "The Idempotency-Key was used with another body"},
    413: {"description": "The body is larger than 1 MB"},
    422: {"description": "Some fields are wrong; each is listed in `errors`"},
    429: {"description": "The partner's quota is reached; `Retry-After` says for how long"},
}
SIDES: tuple[Side, ...] = ("mentee", "mentor")
MAX_KEY = 255


class Accepted(BaseModel):
    """What a partner is answered: ids and a link of its own, nothing of the person."""

    kind: Side
    request_id: UUID = Field(description="The request of a young person, or the mentor")
    tracking_url: str = Field(description="Shows the steps and their dates for a year, only that")


async def partner_of(request: Request, authorization: Annotated[str, Header()] = "") -> str:
    """The partner whose key this is. Raises the problems 401, and 429 over the quota."""
    scheme, _, key = authorization.partition(" ")
    async with runtime_of(request).begin() as tx:
        name = await Partners(tx.connection).with_key(digest_of(key.strip().encode()))
    if scheme.lower() != "bearer" or name is None:
        raise Problem(
            401,
            "wrong_key",
            "Clé inconnue",
            "Send Authorization: Bearer with the key that was shown when you became a partner.",
        )
    runtime = runtime_of(request)
    settings = cast("RegistrationSettings", runtime.settings)
    await check_limits(request, [partner_use(name, settings, runtime.limit_keys)])
    return name


@router.post(
    "/registrations",
    status_code=202,
    openapi_extra={"requestBody": request_body_schema()},
    responses={202: {"model": Accepted, "description": "Kept"}, **REFUSALS},
)
async def register(
    request: Request,
    partner: Annotated[str, Depends(partner_of)],
    idempotency_key: Annotated[str, Header(max_length=MAX_KEY)] = "",
) -> JSONResponse:
    """Register one young person or one mentor.

    The same `Idempotency-Key` with the same body gets the same answer again, whatever happened
    on the way; with another body it is refused with 409.

    `tracking_url` shows the steps and their dates, for a year, and nothing else: it is the
    partner's. The person's own link, which opens their data, goes to their own contact only; where
    a young person has none, their guardian has a page of their own.
    """
    runtime = runtime_of(request)
    raw = await request.body()
    side, entry = _read(raw)
    try:
        async with runtime.begin() as tx:
            subject = await _once(Sent(partner, idempotency_key, raw), side, entry, tx)
    except KeyReused:
        raise Problem(
            409,
            "key_reused",
            "Clé d'idempotence déjà utilisée",
            "This Idempotency-Key was used with another body: take a new one.",
        ) from None
    except InvalidRegistration as refused:
        async with runtime.begin() as tx:
            await note_refusal(side, refused, Origin("api", partner), tx)
        raise problem_of(refused) from None
    return JSONResponse(_receipt(side, subject, runtime), status_code=202)


async def _once(sent: Sent, side: Side, values: object, tx: Transaction) -> UUID:
    """The request or mentor that this body is about. Raises KeyReused, InvalidRegistration."""
    if given := await answer_again(sent, tx):
        return given.subject
    admitted = await register_from_input(side, values, Origin("api", sent.sender), tx)
    await keep_steps_link(admitted.subject, tx)
    await keep_answer(sent, admitted.side, admitted.subject, tx)
    return admitted.subject


def _read(raw: bytes) -> tuple[Side, dict[str, Any]]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem(
            400, "malformed_json", "JSON illisible", Fault("", "not_json").sentence("en")
        ) from None
    if not isinstance(body, dict):
        raise problem_of(InvalidRegistration([Fault("", "not_an_object")]))
    kind = body.pop("kind", None)
    if kind not in SIDES:
        raise problem_of(InvalidRegistration([Fault("kind", "unknown" if kind else "missing")]))
    return kind, body


def problem_of(refused: InvalidRegistration) -> Problem:
    """422 with every field."""
    faults = [fault.to_dict() for fault in refused.faults]
    return Problem(
        422, "refused", "Inscription refusée", "Correct the fields listed in errors.", faults
    )


def _receipt(side: str, subject: UUID, runtime: WorkerContext) -> dict[str, str]:
    return {
        "kind": side,
        "request_id": str(subject),
        "tracking_url": runtime.links.url(STEPS, subject),
    }
