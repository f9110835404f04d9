"""Refusals at HTTP doors: RFC 9457 problems for programs, plain pages for people."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 1_000_000


class Problem(Exception):
    """A refusal that a program can act on. `faults`: one entry per wrong field, without values."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        faults: Sequence[dict[str, str]] = (),
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.faults = list(faults)

    def body(self) -> dict[str, Any]:
        """The problem+json document."""
        body: dict[str, Any] = {
            "type": f"urn:binome:problem:{self.code}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        return body | ({"errors": self.faults} if self.faults else {})


async def answer_problem(_: Request, problem: Problem) -> JSONResponse:
    """The exception handler that `build` installs."""
    return JSONResponse(
        problem.body(), status_code=problem.status, media_type="application/problem+json"
    )


class BodyLimit:
    """Refuses a body over 1 MB with 413, by its announced length or while it streams in."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        body = await self._read(receive)
        if body is None:
            await self._refuse(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self._limit:
                return None
            if not message.get("more_body"):
                return bytes(body)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = Problem(
            413,
            "body_too_large",
            "Envoi trop volumineux",
            f"Limit: {self._limit} bytes. Split the file, or use the import.",
        )
        response = JSONResponse(
            problem.body(),
            status_code=413,
            media_type="application/problem+json",
            headers={"Connection": "close"},
        )
        await response(scope, receive, send)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
