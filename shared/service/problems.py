"""Refusals at HTTP endpoints: RFC 9457 problems for programs, plain pages for people."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.templating import Jinja2Templates

from shared.web import error_page
from shared.web.error_pages import accepts_html

API = "/api/"
Handle = Callable[[Request, Any], Awaitable[Response]]


@dataclass(eq=False)
class Problem(Exception):
    """A refusal that a program can act on. `faults`: one entry per wrong field, without values."""

    status: int
    code: str
    title: str
    detail: str = ""
    faults: Sequence[dict[str, str]] = ()
    retry_after: int | None = None
    """Seconds after which it is worth trying again."""

    def __post_init__(self) -> None:
        super().__init__(self.code)

    def body(self) -> dict[str, Any]:
        """The problem+json document."""
        body: dict[str, Any] = {
            "type": f"urn:binome:problem:{self.code}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        return body | ({"errors": list(self.faults)} if self.faults else {})


def problem_response(
    request: Request,
    problem: Problem,
    look: Jinja2Templates,
    headers: dict[str, str] | None = None,
    typed: Sequence[tuple[str, str]] = (),
) -> Response:
    """A page when a browser asks outside of the API, else the document."""
    if problem.retry_after is not None:
        headers = {**(headers or {}), "Retry-After": str(problem.retry_after)}
    if accepts_html(request) and not request.url.path.startswith(API):
        response = error_page(request, look, problem.status, wait=problem.retry_after, typed=typed)
        response.headers.update(headers or {})
        return response
    return JSONResponse(
        problem.body(), problem.status, headers, media_type="application/problem+json"
    )


def install_problems(app: FastAPI, look: Jinja2Templates) -> None:
    """Answer a raised `Problem`, and turn the framework's own refusals on the API into problems."""

    async def handle_error(request: Request, problem: Problem) -> Response:
        challenge = (
            {"WWW-Authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else None
        )
        typed = await _posted_fields(request) if problem.retry_after is not None else ()
        return problem_response(request, problem, look, challenge, typed)

    app.exception_handler(Problem)(handle_error)
    for kind, as_problem in _FOREIGN.items():
        app.exception_handler(kind)(_on_api(as_problem, app.exception_handlers[kind], look))


async def _posted_fields(request: Request) -> Sequence[tuple[str, str]]:
    """What a browser posted, to be kept on the page that tells it to come back later."""
    if request.method != "POST" or not accepts_html(request):
        return ()
    form = await request.form()
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def _on_api(as_problem: Callable[[Any], Problem], elsewhere: Any, look: Jinja2Templates) -> Handle:
    async def handle_error(request: Request, error: Any) -> Response:
        if not request.url.path.startswith(API):
            response: Response = await elsewhere(request, error)
            return response
        headers = getattr(error, "headers", None)
        return problem_response(request, as_problem(error), look, headers)

    return handle_error


def _of_status(error: HTTPException) -> Problem:
    code, title = _WORDS.get(error.status_code, ("refused", "Demande refusée"))
    return Problem(error.status_code, code, title)


def _of_fields(error: RequestValidationError) -> Problem:
    faults = [
        {"field": ".".join(map(str, fault["loc"])), "kind": str(fault["type"])}
        for fault in error.errors()
    ]
    return Problem(422, "malformed_request", "Demande mal formée", faults=faults)


_WORDS = {
    404: ("not_found", "Adresse inconnue"),
    405: ("method_not_allowed", "Méthode refusée"),
}
_FOREIGN: dict[type[Exception], Callable[[Any], Problem]] = {
    HTTPException: _of_status,
    RequestValidationError: _of_fields,
}
