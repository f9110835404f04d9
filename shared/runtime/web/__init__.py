"""The common look of Binôme's pages and mails: templates, macros, static files, safe headers.

A service needs four lines::

    look = pages(Path(__file__).parent / "templates", links=settings.links)
    mount_static(app)
    plain_errors(app, look)
    app.add_middleware(SecurityHeaders)

and a handler one: ``return look.TemplateResponse(request, "jeune.html", {"form": form})``.
What a template finds is listed in README.md beside this file.
"""

from shared.runtime.web.assets import mount_static, static_url
from shared.runtime.web.asyncapi import asyncapi_page
from shared.runtime.web.errors import error_page, plain_errors
from shared.runtime.web.form import Form
from shared.runtime.web.headers import SecurityHeaders
from shared.runtime.web.language import Lang, language, reading
from shared.runtime.web.letters import Letter, Letters, letters
from shared.runtime.web.own_address import OwnAddress
from shared.runtime.web.pages import pages

__all__ = [
    "Form",
    "Lang",
    "Letter",
    "Letters",
    "OwnAddress",
    "SecurityHeaders",
    "asyncapi_page",
    "error_page",
    "language",
    "letters",
    "mount_static",
    "pages",
    "plain_errors",
    "reading",
    "static_url",
]
