"""Around every HTTP door: a story for what happens inside, a measure, and words for an outage."""

from time import perf_counter

import structlog
from fastapi import FastAPI, Request, Response
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.messaging.correlation import beginning
from shared.service.errors import UNREACHABLE, described, is_unreachable
from shared.service.metrics import Metrics
from shared.service.problems import Problem, problem_response

RETRY_SECONDS = 5

log = structlog.get_logger()


class Watched:
    """ASGI middleware: what a door states and logs carries one id; its answers are measured."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with beginning():
            try:
                await self._app(scope, receive, noted)
            except Exception as error:
                log.error("door.failed", route=_route(scope), **described(error))
                raise
            finally:
                seconds = perf_counter() - started
                self._metrics.doors.labels(_route(scope), str(status)).observe(seconds)


def _route(scope: Scope) -> str:
    """The template of the door (`/demande/{token}`), never the address that was asked for."""
    return str(getattr(scope.get("route"), "path", "unknown"))


def install_outage(app: FastAPI, look: Jinja2Templates) -> None:
    """While database or broker are away, doors say 503 and when to come back."""

    async def told(request: Request, error: Exception) -> Response:
        if not is_unreachable(error):
            raise error
        log.warning("door.unreachable", route=_route(request.scope), **described(error))
        problem = Problem(503, "unavailable", "Service momentanément indisponible")
        return problem_response(request, problem, look, {"Retry-After": str(RETRY_SECONDS)})

    for kind in UNREACHABLE:
        app.exception_handler(kind)(told)


class Answered:
    """Around the whole application: an error that was told and logged is at its end.

    Starlette raises it again even then, and the server would hang up on a visitor who has only
    just read what to do.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        complete = False

        async def noted(message: Message) -> None:
            nonlocal complete
            await send(message)
            complete = message["type"] == "http.response.body" and not message.get("more_body")

        try:
            await self._app(scope, receive, noted)
        except Exception:
            if not complete:
                raise
