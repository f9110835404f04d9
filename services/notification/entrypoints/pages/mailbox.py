"""/boite: what people got in a demonstration. Elsewhere it does not exist."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from services.notification.entrypoints.pages.shown import TITLES, Shown, read_stored
from services.notification.gateways.mailbox import Mailbox
from services.notification.settings import NotificationSettings
from shared.service.dependencies import runtime_of
from shared.web import pages
from shared.web.headers import content_policy
from shared.web.query import number

ON_A_PAGE = 50
PAGE_POLICY = content_policy(frame_src="'self'")
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail runs no script and asks for nothing; its links open in a window of their own."""

look = pages(Path(__file__).parent / "templates")
router = APIRouter(include_in_schema=False)


@router.get("/boite")
async def show_mails(request: Request) -> Response:
    """Newest first; `to` and `template` narrow it down, `page` counts from 1."""
    mails = _filter(await _read_mails(request), request.query_params)
    page = number(request.query_params.get("page"), 1)
    context = {
        "messages": mails[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        "count": len(mails),
        "page": page,
        "pages": max(1, -(-len(mails) // ON_A_PAGE)),
        "to": request.query_params.get("to", ""),
        "template": request.query_params.get("template", ""),
        "titles": TITLES,
        "turned": lambda to: f"?{request.url.include_query_params(page=to).query}",
    }
    return look.TemplateResponse(request, "boite.html", context)


@router.get("/boite.json")
async def for_programs(request: Request) -> list[dict[str, Any]]:
    """The same list for programs, newest first; the same filters, and `limit`."""
    mails = _filter(await _read_mails(request), request.query_params)
    limit = number(request.query_params.get("limit"), len(mails))
    return [mail.summary() for mail in mails[:limit]]


@router.get("/boite/{name}")
async def show_mail(request: Request, name: str) -> Response:
    """One message as its recipient sees it."""
    context = {"message": await _find_mail(request, name)}
    response = look.TemplateResponse(request, "message.html", context)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


@router.get("/boite/{name}/html")
async def show_mail_html(request: Request, name: str) -> Response:
    """The HTML of a mail, for the frame on its page."""
    mail = await _find_mail(request, name)
    html = mail.html.replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


async def _read_mails(request: Request) -> list[Shown]:
    settings = runtime_of(request).settings
    if not isinstance(settings, NotificationSettings) or settings.mailbox_dir is None:
        raise HTTPException(404)
    read = _read(settings.mailbox_dir)
    fresh = await Mailbox(settings.mailbox_dir).read_mails(known=read)
    read.update({name: read_stored(name, message) for name, message in fresh.items()})
    return sorted(read.values(), key=lambda mail: mail.name, reverse=True)


async def _find_mail(request: Request, name: str) -> Shown:
    for mail in await _read_mails(request):
        if mail.name == name:
            return mail
    raise HTTPException(404)


@cache
def _read(_folder: Path) -> dict[str, Shown]:
    """What was read of a folder; a message in it never changes."""
    return {}


def _filter(mails: list[Shown], asked: QueryParams) -> list[Shown]:
    to, template = asked.get("to", "").strip().lower(), asked.get("template", "")
    return [
        mail for mail in mails if to in mail.recipient.lower() and template in ("", mail.template)
    ]
