"""Around every HTTP endpoint: a correlation id, a measure, and words for an outage."""

from time import perf_counter

import structlog
from fastapi import FastAPI, Request, Response
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.messaging.correlation import new_context
from shared.service.errors import TRANSIENT_ERRORS, error_fields, is_transient
from shared.service.metrics import Metrics
from shared.service.problems import Problem, problem_response

RETRY_SECONDS = 5

log = structlog.get_logger()


class RequestContextMiddleware:
    """ASGI middleware: a correlation id for all that a request publishes and logs; its metrics."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request in a context of its own; count it by route and status."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with new_context():
            try:
                await self._app(scope, receive, send_and_note)
            except Exception as error:
                log.error("request.failed", route=_route(scope), **error_fields(error))
                raise
            finally:
                seconds = perf_counter() - started
                self._metrics.requests.labels(_route(scope), str(status)).observe(seconds)


def _route(scope: Scope) -> str:
    """The template of the route (`/demande/{token}`), never the address that was asked for."""
    return str(getattr(scope.get("route"), "path", "unknown"))


def add_unavailable_handler(app: FastAPI, look: Jinja2Templates) -> None:
    """While database or broker are away, endpoints say 503 and when to come back."""

    async def handle_error(request: Request, error: Exception) -> Response:
        if not is_transient(error):
            raise error
        log.warning("request.unreachable", route=_route(request.scope), **error_fields(error))
        problem = Problem(503, "unavailable", "Service momentanément indisponible")
        return problem_response(request, problem, look, {"Retry-After": str(RETRY_SECONDS)})

    for kind in TRANSIENT_ERRORS:
        app.exception_handler(kind)(handle_error)


class SwallowAfterResponse:
    """Around the whole application: an error that was told and logged is at its end.

    Starlette raises it again even then, and the server would hang up on a visitor who has only
    just read what to do.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; an error after the whole response is swallowed, as it was logged."""
        complete = False

        async def send_and_note(message: Message) -> None:
            nonlocal complete
            await send(message)
            complete = message["type"] == "http.response.body" and not message.get("more_body")

        try:
            await self._app(scope, receive, send_and_note)
        except Exception:
            if not complete:
                raise
