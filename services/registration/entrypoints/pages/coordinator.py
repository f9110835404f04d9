"""Who acts for an association on a page, and what stops them: the same guard on every page.

`SignedIn` lets somebody in who is signed in; `OwnForm` asks besides that what was posted comes from
a form that we showed this browser. A router with `route_class=CoordinatorRoute` answers what they,
or the use cases behind, refuse.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from services.registration.entrypoints.pages.page_templates import (
    forbidden,
    no_such_page,
    own_affair,
)
from services.registration.use_cases.refuse_own_affair import OwnAffair
from shared.contracts.vocabulary.associations import ASSOCIATIONS, AssociationEntry
from shared.web import with_current_language
from shared.web.sessions import current_session, form_token_fits


class SignInRequired(Exception):
    """Nobody is signed in, or for an association that is gone."""


class ForgedForm(Exception):
    """What was posted comes from no form that we showed this browser."""


class NotTheirs(Exception):
    """There is no such thing, or it is not this association's to see or to decide."""


@dataclass(frozen=True)
class Coordinator:
    """Somebody who acts for an association; `actor` is `name@association`, as in the ledger."""

    association: AssociationEntry
    actor: str


async def require_session(request: Request) -> Coordinator:
    """Who is signed in. Raises SignInRequired."""
    session = await current_session(request)
    association = ASSOCIATIONS.get(session.association) if session else None
    if session is None or association is None:
        raise SignInRequired
    return Coordinator(association, session.actor)


SignedIn = Annotated[Coordinator, Depends(require_session)]


async def require_own_form(request: Request, coordinator: SignedIn) -> Coordinator:
    """Who is signed in and posted a form of ours. Raises SignInRequired, ForgedForm."""
    if not form_token_fits(request, str((await request.form()).get("csrf", ""))):
        raise ForgedForm
    return coordinator


OwnForm = Annotated[Coordinator, Depends(require_own_form)]


class CoordinatorRoute(APIRoute):
    """Answers refusals with a page: sign in, 403 or 404."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]  # FastAPI's alias of it
        """The endpoint with its refusals answered."""
        handle = super().get_route_handler()

        async def handle_refusals(request: Request) -> Response:
            try:
                return await handle(request)
            except SignInRequired:
                return redirect(request, "/associations/entree")
            except ForgedForm:
                return forbidden(request)
            except OwnAffair:
                return own_affair(request)
            except NotTheirs:
                return no_such_page(request)

        return handle_refusals


def redirect(request: Request, path: str) -> Response:
    """On to another page of this service, in the language of this one."""
    return RedirectResponse(with_current_language(path, request), 303)
