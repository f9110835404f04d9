"""When something is wrong: a page in plain words that says what to do now."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
)
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.templating import Jinja2Templates

from shared.web.headers import safe

TOLD = (403, 404, 410, 413, 422, 429, 500, 503)
"""Errors with words of their own in `error.html`; any other is told as a 404 or a 500."""


def error_page(
    request: Request,
    look: Jinja2Templates,
    status: int,
    *,
    wait: int | None = None,
    typed: Sequence[tuple[str, str]] = (),
) -> Response:
    """The page for a status. A link that is unknown, used or expired is always 410: same answer.

    `wait`: seconds until it is worth trying again. `typed`: fields that were posted and are to be
    sent again from this page.
    """
    values = (
        status if status in TOLD else (500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 404)
    )
    seen = {"status": values, "wait": wait, "typed": typed}
    response = look.TemplateResponse(request, "error.html", seen, status_code=status)
    safe(response.headers)
    return response


def add_error_pages(app: FastAPI, look: Jinja2Templates) -> None:
    """Errors as pages for people; programs (no text/html asked) get FastAPI's JSON as before."""

    async def show_refusal(request: Request, error: HTTPException) -> Response:
        if not accepts_html(request):
            return await http_exception_handler(request, error)
        response = error_page(request, look, error.status_code)
        response.headers.update(error.headers or {})
        return response

    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if accepts_html(request):
            return error_page(request, look, 422)
        return await request_validation_exception_handler(request, error)

    async def show_failure(request: Request, _: Exception) -> Response:
        if accepts_html(request):
            return error_page(request, look, 500)
        return PlainTextResponse("Internal Server Error", status_code=500)

    app.exception_handler(HTTPException)(show_refusal)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(Exception)(show_failure)


def accepts_html(request: Request) -> bool:
    """Whether a browser asks, by its Accept header."""
    return "text/html" in request.headers.get("accept", "")
