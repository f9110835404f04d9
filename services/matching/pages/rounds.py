"""`/rounds`: how many wait, how many places are free, and how the last rounds went."""

from fastapi import APIRouter, Request, Response

from services.matching.pages.look import LOOK
from services.matching.store import History
from shared.runtime.app import runtime_of

ROUNDS_SHOWN = 12
DAYS_SHOWN = 14

router = APIRouter(include_in_schema=False)


@router.get("/rounds")
async def rounds(request: Request) -> Response:
    """Figures of pools and rounds; nothing of anybody."""
    async with runtime_of(request).begin() as tx:
        history = History(tx.connection)
        page = {
            "now": await history.now(),
            "days": await history.latest_days(DAYS_SHOWN),
            "rounds": await history.latest_rounds(ROUNDS_SHOWN),
        }
    return LOOK.TemplateResponse(request, "rounds.html", page)
