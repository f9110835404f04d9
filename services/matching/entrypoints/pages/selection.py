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
from services.matching.domain.selection import Offer
from services.matching.domain.weights import Components, Weights
from services.matching.entrypoints.pages.page_templates import TEMPLATES
from services.matching.store.selections import Pupil, Selections
from services.matching.use_cases.select_mentors import SelectionView, choose, look
from shared.contracts.vocabulary import SLOTS
from shared.service.dependencies import runtime_of
from shared.web import error_page, language, with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(prefix="/selection", include_in_schema=False)


@dataclass(frozen=True)
class MentorView:
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
class PupilView:
    """A pupil with whom may be chosen, or who was."""

    pupil: Pupil
    mentors: Sequence[MentorView]
    fitting: int


@router.get("/{token}")
async def selection(request: Request, token: str) -> Response:
    """Everybody to choose for, and from whom."""
    return await _page(request, token)


@router.post("/{token}")
async def choose_mentor(
    request: Request, token: str, pupil: UUID = Form(), mentor: UUID = Form()
) -> Response:
    """Give a pupil a mentor, if it can still be."""
    runtime = runtime_of(request)
    async with runtime.begin() as tx:
        open_ = await Selections(tx.connection).behind(token_hash(token), tx.now)
        if open_ is None:
            return error_page(request, TEMPLATES, 410)
        done = await choose(open_, pupil, mentor, tx)
    if not done:
        return await _page(request, token, 409, gone=pupil)
    return RedirectResponse(with_current_language(f"/selection/{token}", request), 303)


async def _page(
    request: Request, token: str, status: int = 200, gone: UUID | None = None
) -> Response:
    view = await look(token_hash(token), runtime_of(request))
    if view is None:
        return error_page(request, TEMPLATES, 410)
    seen = [_pupil_view(pupil, view, language(request)) for pupil in view.pupils]
    page = {
        "seen": seen,
        "ends": view.selection.expires_at,
        "left": sum(one.pupil.state == "waiting" for one in seen),
        "gone": gone,
        "here": partial(with_current_language, request=request),
    }
    return TEMPLATES.TemplateResponse(request, "selection.html", page, status_code=status)


def _pupil_view(pupil: Pupil, view: SelectionView, lang: str) -> PupilView:
    choices = view.choices.get(str(pupil.request_id))
    if choices is None:
        return PupilView(pupil, (), 0)
    mentee, weights = view.mentees[choices.mentee_id], view.policy.weights
    mentors = [
        _mentor_view(number, mentee, view.mentors[offer.mentor_id], offer, weights, lang)
        for number, offer in enumerate(choices.offers, start=1)
    ]
    return PupilView(pupil, mentors, choices.fitting)


def _mentor_view(
    number: int, mentee: Mentee, mentor: Mentor, offer: Offer, weights: Weights, lang: str
) -> MentorView:
    shared = mentee.slots & mentor.slots
    return MentorView(
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
    reasons = reasons_for(components, replace(weights, waiting=0.0))
    return reasons.en if lang == "en" else reasons.fr
