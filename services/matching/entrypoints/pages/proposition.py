"""`/proposition/{token}`: would you make a pair? Yes or no in one tap, without an account.

GET shows and changes nothing, POST answers and leads back to what stands then: too late, twice or
together with the other side, everybody reads how it is. Nobody has a name here, and nobody learns
what the other side said, but that both agree. A link that is unknown or expired gets one answer.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from services.matching.domain.proposition import REASONS, Answer
from services.matching.entrypoints.pages.page_templates import TEMPLATES
from services.matching.store.propositions import Proposition, Propositions
from services.matching.use_cases.propose_pair import take_reply
from shared.contracts.vocabulary import NEEDS, SLOTS
from shared.contracts.vocabulary.associations import association_or_head
from shared.service.dependencies import runtime_of
from shared.web import error_page, with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(prefix="/proposition", include_in_schema=False)


@router.get("/{token}")
async def proposition(request: Request, token: str) -> Response:
    """Who asks for what, or what became of it."""
    async with runtime_of(request).begin() as tx:
        current = await Propositions(tx.connection).behind(token_hash(token), tx.now)
    if current is None:
        return error_page(request, TEMPLATES, 410)
    page = _view(current) | {"view": current.standing.view(tx.now)}
    return TEMPLATES.TemplateResponse(request, "proposition.html", page)


@router.post("/{token}")
async def answer_proposition(
    request: Request, token: str, answer: Answer = Form(), reason: str = Form("")
) -> Response:
    """Keep a yes or a no, if it still counts; a no may say why."""
    if reason and reason not in REASONS:
        raise HTTPException(422)
    async with runtime_of(request).begin() as tx:
        known = await take_reply(token_hash(token), answer, reason or None, tx)
    if not known:
        return error_page(request, TEMPLATES, 410)
    return RedirectResponse(with_current_language(f"/proposition/{token}", request), 303)


def _view(current: Proposition) -> dict[str, Any]:
    """What this side may know of the other: criteria that both have in common, and roughly where.

    Of a young person no age, public or town is shown.
    """
    asked, offered = current.asked, current.offered
    return {
        "side": current.side,
        "association": association_or_head(current.association),
        "last_day": current.last_day,
        "reason": current.reason,
        "reasons": REASONS,
        "wanted": [need for need in NEEDS if need in asked["needs"]],
        "needs": _common(NEEDS, asked["needs"], offered["offers"]),
        "slots": _common(SLOTS, asked["slots"], offered["slots"]),
        "level": asked["level"],
        "department": (offered if current.side == "mentee" else asked)["department"],
        "remote": asked.get("remote", True) and offered.get("remote", True),
    }


def _common(order: Sequence[str], one: Sequence[str], other: Sequence[str]) -> Sequence[str]:
    return [code for code in order if code in one and code in other]
