"""Signed sessions of coordinators, and form tokens against forged posts.

The cookie holds the association's code and the time, signed with the house's key: every service
of the house can read it, none stores it.
"""

import secrets

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from shared.runtime.house import Runtime

COOKIE = "binome_session"
SESSION_SECONDS = 12 * 3600


def sign_in(response: Response, runtime: Runtime, association: str) -> None:
    """Let this browser act for one association for 12 hours."""
    value = _signer(runtime, "session").dumps(association)
    _set(response, runtime, COOKIE, value)


def sign_out(response: Response) -> None:
    """Forget the session."""
    response.delete_cookie(COOKIE, path="/")


def signed_in(request: Request) -> str | None:
    """The association that this browser acts for, or None."""
    runtime: Runtime = request.app.state.runtime
    try:
        value = _signer(runtime, "session").loads(
            request.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS
        )
    except BadSignature:
        return None
    return value if isinstance(value, str) else None


def form_token(request: Request) -> str:
    """A token for the forms of a signed-in page, bound to its session cookie."""
    runtime: Runtime = request.app.state.runtime
    signer = _signer(runtime, "form")
    return str(signer.dumps([request.cookies.get(COOKIE, ""), secrets.token_hex(8)]))


def form_token_fits(request: Request, token: str) -> bool:
    """Whether a posted token was made for this very session, within its 12 hours."""
    runtime: Runtime = request.app.state.runtime
    session = request.cookies.get(COOKIE, "")
    try:
        bound, _ = _signer(runtime, "form").loads(token, max_age=SESSION_SECONDS)
    except (BadSignature, ValueError):
        return False
    return bool(session) and secrets.compare_digest(str(bound).encode(), session.encode())


def _signer(runtime: Runtime, purpose: str) -> URLSafeTimedSerializer:
    key = runtime.settings.secret_key.get_secret_value()
    return URLSafeTimedSerializer(key, salt=f"binome-{purpose}")


def _set(response: Response, runtime: Runtime, name: str, value: str) -> None:
    secure = runtime.settings.base_url(runtime.service.name).startswith("https")
    response.set_cookie(
        name, value, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=secure
    )
