"""`/selection/{token}`: an establishment chooses, pupil by pupil, among the mentors who fit.

Pupils and mentors are numbers and criteria, nobody has a name here. GET shows, POST chooses; a
mentor who is no longer free is said kindly, with fresh choices. A link that is unknown or expired
gets one and the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.matching.domain.explanation import reasons_for
from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.score import Components, Weights
from services.matching.domain.selection import Offer
from services.matching.entrypoints.pages.page_templates import LOOK
from services.matching.store.selections import Pupil, Selections
from services.matching.use_cases.select_mentors import Sight, choose, look
from shared.contracts.vocabulary import SLOTS
from shared.service.asgi import runtime_of
from shared.web import error_page, language, reading
from shared.web.signed_links import fingerprint

router = APIRouter(prefix="/selection", include_in_schema=False)


@dataclass(frozen=True)
class Shown:
    """A mentor as the page shows one: what fits this pupil, and why. `number` names the mentor
    in the list of this pupil only."""

    number: int
    mentor_id: str
    reasons: Sequence[str]
    needs: Sequence[str]
    slots: Sequence[str]
    department: str
    remote: bool


@dataclass(frozen=True)
class Seen:
    """A pupil with whom may be chosen, or who was."""

    pupil: Pupil
    mentors: Sequence[Shown]
    fitting: int


@router.get("/{token}")
async def selection(request: Request, token: str) -> Response:
    """Everybody to choose for, and from whom."""
    return await _page(request, token)


@router.post("/{token}")
async def chosen(
    request: Request, token: str, pupil: UUID = Form(), mentor: UUID = Form()
) -> Response:
    """Give a pupil a mentor, if it can still be."""
    runtime = runtime_of(request)
    async with runtime.begin() as tx:
        open_ = await Selections(tx.connection).behind(fingerprint(token), tx.now)
        if open_ is None:
            return error_page(request, LOOK, 410)
        done = await choose(open_, pupil, mentor, tx)
    if not done:
        return await _page(request, token, 409, gone=pupil)
    return RedirectResponse(reading(f"/selection/{token}", request), 303)


async def _page(
    request: Request, token: str, status: int = 200, gone: UUID | None = None
) -> Response:
    sight = await look(fingerprint(token), runtime_of(request))
    if sight is None:
        return error_page(request, LOOK, 410)
    seen = [_seen(pupil, sight, language(request)) for pupil in sight.pupils]
    page = {
        "seen": seen,
        "ends": sight.selection.expires_at,
        "left": sum(one.pupil.state == "waiting" for one in seen),
        "gone": gone,
        "here": partial(reading, request=request),
    }
    return LOOK.TemplateResponse(request, "selection.html", page, status_code=status)


def _seen(pupil: Pupil, sight: Sight, lang: str) -> Seen:
    choices = sight.choices.get(str(pupil.request_id))
    if choices is None:
        return Seen(pupil, (), 0)
    mentee, weights = sight.mentees[choices.mentee_id], sight.policy.weights
    mentors = [
        _shown(number, mentee, sight.mentors[offer.mentor_id], offer, weights, lang)
        for number, offer in enumerate(choices.offers, start=1)
    ]
    return Seen(pupil, mentors, choices.fitting)


def _shown(
    number: int, mentee: Mentee, mentor: Mentor, offer: Offer, weights: Weights, lang: str
) -> Shown:
    shared = mentee.slots & mentor.slots
    return Shown(
        number=number,
        mentor_id=mentor.id,
        reasons=_reasons(offer.components, weights, lang),
        needs=sorted(mentee.needs & mentor.offers),
        slots=[slot for slot in SLOTS if slot in shared],
        department=mentor.department,
        remote=mentee.remote and mentor.remote,
    )


def _reasons(components: Components, weights: Weights, lang: str) -> Sequence[str]:
    """Why this mentor; how long the pupil has waited says nothing of that."""
    said = reasons_for(components, replace(weights, waiting=0.0))
    return said.en if lang == "en" else said.fr
