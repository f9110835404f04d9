"""`/coordination`: what an association has to look into, oldest and riskiest first.

It shows ids only. Who they are stands in registration, behind a page that writes down who looked.
"""

from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from services.followup.domain.urgency import by_urgency
from services.followup.entrypoints.pages.page_templates import TEMPLATES
from services.followup.store import Alerts
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.service.dependencies import runtime_of
from shared.web import with_current_language
from shared.web.sessions import current_session, form_token, form_token_fits

SHOWN = 100

router = APIRouter(include_in_schema=False)


@router.get("/coordination")
async def work_queue(request: Request) -> Response:
    """Open alerts of the association that is signed in; pairs bear a short name, never people."""
    session, runtime = await current_session(request), runtime_of(request)
    if session is None:
        return _sign_in_first(request)
    async with runtime.begin() as tx:
        waiting = by_urgency(await Alerts(tx.connection).waiting_for(session.association))
    page = {
        "association": ASSOCIATIONS.get(session.association),
        "alerts": waiting[:SHOWN],
        "count": len(waiting),
        "form_token": form_token(request),
        "people": runtime.settings.base_url("registration") + "/associations/demandes/",
        "handle": lambda alert_id: with_current_language(
            f"/coordination/alertes/{alert_id}", request
        ),
    }
    return TEMPLATES.TemplateResponse(request, "coordination.html", page)


@router.post("/coordination/alertes/{alert_id}")
async def settle_alert(request: Request, alert_id: UUID, token: str = Form("")) -> Response:
    """A coordinator has looked into an alert. Said twice, the first time counts."""
    session = await current_session(request)
    if session is None or not form_token_fits(request, token):
        return _sign_in_first(request)
    async with runtime_of(request).begin() as tx:
        alerts = Alerts(tx.connection)
        if not await alerts.handle(alert_id, session.association, session.user_id, tx.now):
            raise HTTPException(404)
    return RedirectResponse(with_current_language("/coordination", request), 303)


def _sign_in_first(request: Request) -> Response:
    door = runtime_of(request).settings.base_url("registration") + "/associations"
    return TEMPLATES.TemplateResponse(request, "sign_in.html", {"door": door}, status_code=403)
