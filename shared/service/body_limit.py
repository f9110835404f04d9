"""No endpoint reads more than it must: a body of 1 MB or more is refused with 413."""

from collections.abc import Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.service.problems import Problem

MAX_BODY_BYTES = 1_000_000
MAX_DRAINED_BYTES = 20_000_000
"""A refused body is read away up to here: many clients read no answer before they have sent all."""

Answer = Callable[[Request, Problem, dict[str, str]], Response]


class BodyLimit:
    """ASGI middleware. `answer` makes the refusal, for people or programs."""

    def __init__(self, app: ASGIApp, answer: Answer, limit: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._answer = answer
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body first; one that is too large is refused with 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(receive)
        except _Gone:
            return  # half a body is no body: whoever sent it has left
        if len(body) < self._limit:
            await self._app(scope, _replay(body, receive), send)
        else:
            await self._refuse(scope, receive, send)

    async def _read(self, receive: Receive) -> bytes:
        """The whole body, or as much of it as shows that it is too large."""
        body, seen, more = bytearray(), 0, True
        while more and seen < MAX_DRAINED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            chunk, more = message.get("body", b""), message.get("more_body", False)
            seen += len(chunk)
            body += chunk[: self._limit - len(body)]
        return bytes(body)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = Problem(
            413,
            "body_too_large",
            "Envoi trop volumineux",
            f"Limit: {self._limit} bytes. Split the file, or use the import.",
        )
        response = self._answer(Request(scope), problem, {"Connection": "close"})
        await response(scope, receive, send)


class _Gone(Exception):
    """The client has left before its body was complete."""


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
