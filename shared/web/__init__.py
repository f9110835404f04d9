"""What Binôme's pages and mails share: templates, macros, static files, safe headers.

A service needs four lines::

    templates = pages(Path(__file__).parent / "templates", links=settings.links)
    mount_static(app)
    add_error_pages(app, templates)
    app.add_middleware(SecurityHeaders)

and a handler one: ``return templates.TemplateResponse(request, "jeune.html", {"form": form})``.
What a template finds is listed in README.md beside this file.
"""

from shared.contracts.types import Lang
from shared.web.assets import mount_static, static_url
from shared.web.asyncapi import asyncapi_page
from shared.web.error_pages import add_error_pages, error_page
from shared.web.forms import Form
from shared.web.headers import SecurityHeaders
from shared.web.language import language, with_current_language
from shared.web.mail_templates import MailBody, MailTemplates, mail_templates
from shared.web.pages import pages
from shared.web.public_address import OwnAddress

__all__ = [
    "Form",
    "Lang",
    "MailBody",
    "MailTemplates",
    "OwnAddress",
    "SecurityHeaders",
    "add_error_pages",
    "asyncapi_page",
    "error_page",
    "language",
    "mail_templates",
    "mount_static",
    "pages",
    "static_url",
    "with_current_language",
]
