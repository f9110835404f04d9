"""How a person of an association comes in: their own address, a mailed link, a button."""

from typing import cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.entrypoints.pages.page_templates import (
    forbidden,
    show,
    show_closed_link,
    show_later,
)
from services.registration.settings import RegistrationSettings
from services.registration.store import Links
from services.registration.use_cases.sign_in import ask_link, end_session, open_session
from shared.persistence.limits import HOUR, Limit, Use
from shared.service.dependencies import runtime_of
from shared.service.rate_limits import check_limits, network_use, seconds_to_wait
from shared.web import Form, language, with_current_language
from shared.web.sessions import current_session, delete_cookie, form_token_fits, set_cookie
from shared.web.signed_links import token_hash

router = APIRouter(prefix="/associations", include_in_schema=False)


@router.get("/entree")
async def ask(request: Request) -> Response:
    """Where a coordinator writes their own address."""
    return show(request, "signin.html", form=Form())


@router.post("/entree")
async def send_link(request: Request) -> Response:
    """The same answer for every address, so that nobody learns which ones we know."""
    form = Form.from_request(await request.form())
    if "@" not in form.value("email"):
        errors = {"email": _words(request)}
        return show(request, "signin.html", 422, form=form.with_errors(errors))
    if wait := await seconds_to_wait(request, [_use(request)]):
        return show_later(request, "signin.html", form, wait)
    runtime = runtime_of(request)
    async with runtime.begin() as tx:
        await ask_link(form.value("email"), language(request), runtime.limit_keys, tx)
    return show(request, "signin_sent.html")


@router.get("/entree/{token}")
async def offer(request: Request, token: str) -> Response:
    """A button, because mail scanners follow links."""
    async with runtime_of(request).begin() as tx:
        subject = await Links(tx.connection).subject("signin", token_hash(token), tx.now)
    return show(request, "signin_offer.html") if subject else show_closed_link(request)


@router.post("/entree/{token}")
async def enter(request: Request, token: str) -> Response:
    """Sign this browser in; the link is used up."""
    runtime = runtime_of(request)
    await check_limits(request, [_use(request)])
    async with runtime.begin() as tx:
        user_id = await Links(tx.connection).use("signin", token_hash(token), tx.now)
        cookie = await open_session(user_id, tx) if user_id else None
    if cookie is None:
        return show_closed_link(request)
    response = RedirectResponse(with_current_language("/associations", request), 303)
    set_cookie(response, runtime, cookie)
    return response


@router.post("/sortie")
async def leave(request: Request) -> Response:
    """End the session, in every service, and forget this browser."""
    if not form_token_fits(request, str((await request.form()).get("csrf", ""))):
        return forbidden(request)
    if session := await current_session(request):
        async with runtime_of(request).begin() as tx:
            await end_session(session.id, tx)
    response = RedirectResponse(with_current_language("/associations/entree", request), 303)
    delete_cookie(response)
    return response


def _use(request: Request) -> Use:
    settings = cast("RegistrationSettings", runtime_of(request).settings)
    return network_use(request, Limit("sign_ins", settings.limit_sign_ins_per_network, HOUR))


def _words(request: Request) -> str:
    if language(request) == "en":
        return "Write your whole mail address."
    return "Écrivez votre adresse mail en entier."
