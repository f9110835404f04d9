"""Who is signed in for an association, and whether a form is their own."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from shared.contracts.vocabulary.associations import ASSOCIATIONS, AssociationEntry
from shared.web import with_current_language
from shared.web.sessions import current_session, form_token_fits


async def association_of(request: Request) -> AssociationEntry | None:
    """The association that the person who is signed in acts for."""
    session = await current_session(request)
    return ASSOCIATIONS.get(session.association) if session else None


async def actor_of(request: Request) -> str:
    """Who acts, for the ledger: `name@association`. Raises LookupError without a session."""
    session = await current_session(request)
    if session is None:
        raise LookupError("nobody is signed in")
    return session.actor


async def has_own_form(request: Request) -> bool:
    """Whether what was posted comes from a form that we showed this browser."""
    return form_token_fits(request, str((await request.form()).get("csrf", "")))


def to_entrance(request: Request) -> Response:
    """Redirect to the sign-in page, in the same language."""
    return RedirectResponse(with_current_language("/associations/entree", request), 303)
