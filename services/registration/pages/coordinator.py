"""Who is signed in for an association, and whether a form is their own."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from shared.contracts.vocabulary.associations import ASSOCIATIONS, AssociationEntry
from shared.runtime.sessions import form_token_fits, signed_in
from shared.runtime.web import reading


def association_of(request: Request) -> AssociationEntry | None:
    """The association that this browser is signed in for."""
    return ASSOCIATIONS.get(signed_in(request) or "")


async def has_own_form(request: Request) -> bool:
    """Whether what was posted comes from a form that we showed this browser."""
    return form_token_fits(request, str((await request.form()).get("csrf", "")))


def to_entrance(request: Request) -> Response:
    return RedirectResponse(reading("/associations/entree", request), 303)
