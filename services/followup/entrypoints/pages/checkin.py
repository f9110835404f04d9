"""`/suivi/{token}`: one question, one tap. The link shows on GET and acts on POST only.

A link that is unknown, used or expired gets one and the same answer. After an answer the browser
is sent to a page of thanks whose address says what was answered, and not by whom.
"""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Form as Field
from fastapi.responses import RedirectResponse

from services.followup.domain.questions import FEELINGS, WISHES, Kind, Reply, choices, read_reply
from services.followup.entrypoints.pages.page_templates import TEMPLATES
from services.followup.store import CheckIns, OpenCheckIn
from shared.contracts.types import Side
from shared.service.dependencies import runtime_of
from shared.web import Form, with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(include_in_schema=False)


@router.get("/suivi/merci/{side}/{kind}/{answer}")
async def thanks(
    request: Request, side: Side, kind: Kind, answer: str, mood: str | None = None
) -> Response:
    """Thanks, and what comes next. Holds nothing of anybody."""
    reply = read_reply(kind, answer, mood)
    if reply is None:
        raise HTTPException(404)
    values = {"side": side, "kind": kind, "reply": reply}
    return TEMPLATES.TemplateResponse(request, "thanks.html", values)


@router.get("/suivi/{token}")
async def question(request: Request, token: str, mood: str = "") -> Response:
    """The question behind a link."""
    runtime = runtime_of(request)
    async with runtime.begin() as tx:
        checkin = await CheckIns(tx.connection).get_open_by_token(token_hash(token), tx.now)
    if checkin is None:
        return show_closed_link(request)
    return TEMPLATES.TemplateResponse(
        request,
        "question.html",
        {
            "kind": checkin.kind,
            "side": checkin.side,
            "over": checkin.over,
            "offered": choices(checkin.kind, checkin.over),
            "form": Form({"mood": mood}),
        },
    )


@router.post("/suivi/{token}")
async def answer(
    request: Request, token: str, answer: str = Field(""), mood: str | None = Field(None)
) -> Response:
    """Keep the first answer; what follows from it is weighed at once, outside of this request."""
    async with runtime_of(request).begin() as tx:
        checkins = CheckIns(tx.connection)
        checkin = await checkins.get_open_by_token(token_hash(token), tx.now)
        if checkin is None:
            return show_closed_link(request)
        reply = read_reply(checkin.kind, answer, mood)
        if reply is None:
            raise HTTPException(422)
        if not await checkins.take_answer(checkin.checkin_id, reply, tx.now):
            return show_closed_link(request)
        await tx.schedule("weigh_answer", checkin.checkin_id, tx.now)
    return RedirectResponse(with_current_language(_thanks_for(checkin, reply), request), 303)


def _thanks_for(checkin: OpenCheckIn, reply: Reply) -> str:
    # A pair that is over is thanked as after month 3: no further question is promised.
    kind = "month_3" if checkin.over and reply.answer in FEELINGS else checkin.kind
    address = f"/suivi/merci/{checkin.side}/{kind}/{reply.answer}"
    return f"{address}?mood={reply.mood}" if reply.answer in WISHES and reply.mood else address


def show_closed_link(request: Request) -> Response:
    """The one answer for a link that is unknown, used or expired."""
    return TEMPLATES.TemplateResponse(request, "closed.html", {}, status_code=410)
