"""The templates of these pages."""

from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request, Response

from shared.web import Form, error_page, language, pages, with_current_language

TEMPLATES = pages(Path(__file__).parent / "templates")


def show(request: Request, template: str, status: int = 200, **seen: Any) -> Response:
    """A page with what it shows; `here(path)` leads to another page of this service."""
    seen["here"] = partial(with_current_language, request=request)
    return TEMPLATES.TemplateResponse(request, template, seen, status_code=status)


def show_later(request: Request, template: str, form: Form, wait: int) -> Response:
    """The form again with what was typed, and when to send it: 429."""
    response = show(request, template, 429, form=form.with_wait(wait))
    response.headers["Retry-After"] = str(wait)
    return response


def show_used(request: Request, template: str, form: Form, **seen: Any) -> Response:
    """The form again with what was typed, under a new key: the old one was sent with other
    answers. 409."""
    return show(request, template, 409, form=form.with_used_key(), **seen)


def show_closed_link(request: Request) -> Response:
    """The one answer for a link that is unknown, used or expired."""
    return error_page(request, TEMPLATES, 410)


def forbidden(request: Request) -> Response:
    """The page of status 403."""
    return error_page(request, TEMPLATES, 403)


def no_such_page(request: Request) -> Response:
    """The page of status 404."""
    return error_page(request, TEMPLATES, 404)


def own_affair(request: Request) -> Response:
    """Whoever acts for an association is the person concerned: somebody else decides."""
    return show(request, "own_affair.html", 403)


def unsaid_how(request: Request) -> str:
    """Beside a form on which nobody said how the guardian was reached."""
    if language(request) == "en":
        return "Say how you were in touch with the parent or guardian."
    return "Indiquez comment vous avez été en contact avec le parent ou le tuteur."
