"""Security headers on every answer.

Tokens stand in addresses: hence no Referer and no cache. Mind that with `no-referrer` browsers
send `Origin: null` on a form's POST; check `Sec-Fetch-Site` or a CSRF token, not `Origin`.
"""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "script-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def content_policy(**changes: str) -> str:
    """The Content-Security-Policy, some directives changed: `connect_src="'self'"`."""
    policy = dict(POLICY) | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


ALWAYS: Mapping[str, str] = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
UNLESS_SET: Mapping[str, str] = {
    "Content-Security-Policy": content_policy(),
    "Cache-Control": "no-store",
}


def safe(headers: MutableHeaders) -> None:
    """Adds what every answer carries; a page's own policy or cache rule stays."""
    for name, value in ALWAYS.items():
        headers[name] = value
    for name, value in UNLESS_SET.items():
        headers.setdefault(name, value)


class SecurityHeaders:
    """ASGI middleware: `app.add_middleware(SecurityHeaders)`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, with the headers of `safe` on its response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                safe(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
