"""`/rounds`: how many wait, how many places are free, and how the last rounds went."""

from fastapi import APIRouter, Request, Response

from services.matching.pages.look import LOOK
from services.matching.store import History
from shared.runtime.app import runtime_of

SHOWN = 20

router = APIRouter(include_in_schema=False)


@router.get("/rounds")
async def rounds(request: Request) -> Response:
    """Figures of pools and rounds; nothing of anybody."""
    async with runtime_of(request).begin() as tx:
        history = History(tx.connection)
        now, latest = await history.now(), await history.latest_rounds(SHOWN)
    return LOOK.TemplateResponse(request, "rounds.html", {"now": now, "rounds": latest})
