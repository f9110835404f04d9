"""The address under which people reach us is a setting, never what a request says.

A forged `Host` would else decide where redirects and absolute links lead, since the framework
makes them from the request.
"""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send


class OwnAddress:
    """ASGI middleware: whatever the request says, its host and scheme are those of `base`."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        parts = urlsplit(base)
        self._scheme, self._host = parts.scheme, parts.netloc.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request as if it had been sent to the public address."""
        if scope["type"] == "http":
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            headers = [(b"host", self._host), *others]
            scope = {**scope, "scheme": self._scheme, "headers": headers}
        await self._app(scope, receive, send)
