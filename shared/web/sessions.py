"""Sessions of people of associations, and form tokens against forged posts.

The cookie carries 256 random bits; the database holds their SHA-256. Registration opens and ends
sessions and is asked in its own table. Every other service keeps a copy from events and fails
closed: it believes a session only while registration's last list of open sessions, which comes
every second and a half, is recent and holds it.
"""

import asyncio
import hashlib
import secrets
from time import monotonic

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from shared.contracts.events import SessionOpened
from shared.persistence.sessions import Session, Sessions
from shared.service.definition import WorkerContext

COOKIE = "binome_session"
SESSION_SECONDS = 12 * 3600
PATIENCE_SECONDS = 2.0
"""How long a page waits for word of a session before it asks to sign in."""
LOOK_SECONDS = 0.1


def new_token() -> str:
    """A cookie's value: 256 random bits."""
    return secrets.token_urlsafe(32)


def fingerprint_of(token: str) -> bytes:
    """What is stored of a cookie's value, 32 bytes."""
    return hashlib.sha256(token.encode()).digest()


def set_cookie(response: Response, runtime: WorkerContext, token: str) -> None:
    """Give the session to this browser, for 12 hours."""
    secure = runtime.settings.base_url(runtime.service.name).startswith("https")
    response.set_cookie(
        COOKIE, token, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=secure
    )


def delete_cookie(response: Response) -> None:
    """Let the browser forget the session's cookie."""
    response.delete_cookie(COOKIE, path="/")


async def current_session(request: Request) -> Session | None:
    """Who is signed in behind this browser, or None; one that has ended is None."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    runtime: WorkerContext = request.app.state.runtime
    fingerprint = fingerprint_of(token)
    if SessionOpened in runtime.service.publishes:
        async with runtime.begin() as tx:
            return await Sessions(tx.connection).own(fingerprint)
    return await _wait_for_copy(runtime, fingerprint)


async def _wait_for_copy(runtime: WorkerContext, fingerprint: bytes) -> Session | None:
    """Somebody who has just signed in may be faster than the events about it."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        async with runtime.begin() as tx:
            session = await Sessions(tx.connection).get_copy(fingerprint)
        if session or monotonic() > until:
            return session
        await asyncio.sleep(LOOK_SECONDS)


def form_token(request: Request) -> str:
    """A token for the forms of a signed-in page, bound to its session cookie."""
    runtime: WorkerContext = request.app.state.runtime
    signer = _signer(runtime, "form")
    return str(signer.dumps([_session_digest(request), secrets.token_hex(8)]))


def form_token_fits(request: Request, token: str) -> bool:
    """Whether a posted token was made for this very session, within its 12 hours."""
    runtime: WorkerContext = request.app.state.runtime
    try:
        bound, _ = _signer(runtime, "form").loads(token, max_age=SESSION_SECONDS)
    except (BadSignature, ValueError):
        return False
    session = _session_digest(request)
    return bool(session) and secrets.compare_digest(str(bound).encode(), session.encode())


def _session_digest(request: Request) -> str:
    """What a form token holds of the session: not its secret, which would stand on the page."""
    token = request.cookies.get(COOKIE, "")
    return fingerprint_of(token).hex() if token else ""


def _signer(runtime: WorkerContext, purpose: str) -> URLSafeTimedSerializer:
    key = runtime.settings.secret_key.get_secret_value()
    return URLSafeTimedSerializer(key, salt=f"binome-{purpose}")
