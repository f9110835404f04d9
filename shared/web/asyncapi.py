"""The page that shows a service's messages: AsyncAPI's own viewer, from our static files."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from shared.web.headers import content_policy

VIEWER_POLICY = content_policy(
    script_src="'self' 'unsafe-eval'", style_src="'self' 'unsafe-inline'", connect_src="'self'"
)
"""The viewer fetches `./asyncapi.json` and writes style attributes; no other page may."""


def asyncapi_page(request: Request, look: Jinja2Templates, service: str) -> Response:
    """For `GET /asyncapi`; the service answers `/asyncapi.json` with its document."""
    headers = {"Content-Security-Policy": VIEWER_POLICY}
    return look.TemplateResponse(request, "asyncapi.html", {"service": service}, headers=headers)
