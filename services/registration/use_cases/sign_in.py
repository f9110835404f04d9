"""People of associations: invited by name, signed in by a link to their own address, signed out."""

from datetime import timedelta
from uuid import UUID

from services.registration.store import Links, Users
from services.registration.store.users import User
from services.registration.use_cases.keep_people_apart import judge_coordinator
from services.registration.use_cases.limit_registrations import SIGN_IN_LINK
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import SessionEnded, SessionOpened, SessionsListed, SignInAsked
from shared.contracts.types import Lang
from shared.persistence.limits import LimitKeys, use_limits
from shared.persistence.sessions import Session, Sessions
from shared.persistence.transaction import Transaction
from shared.web.sessions import SESSION_SECONDS, fingerprint_of, new_token

LINK_OPENS = timedelta(hours=24)
LISTED_EVERY = timedelta(seconds=1)
"""Real time: at most so often, however many replicas look."""


async def invite_user(name: str, association: str, address: str, tx: Transaction) -> bool:
    """Let a person act for an association, and mail them their first link.

    False when the association has somebody of that name already.
    """
    user = User(tx.new_id(), name, association)
    if not await Users(tx.connection, vault()).add(user, address, tx.now):
        return False
    await judge_coordinator(address, tx)
    await _send_link(user, "fr", tx)
    return True


async def remove_user(user: User, tx: Transaction) -> None:
    """Whoever leaves is signed out everywhere and forgotten; the ledger keeps their name."""
    await end_sessions_of(user, tx)
    await Users(tx.connection, vault()).remove(user.id)


async def ask_link(address: str, lang: Lang, keys: LimitKeys, tx: Transaction) -> None:
    """State that whoever is written to at this address wants a link, if anybody is.

    Within five minutes each is mailed one link; who asks again reads the same answer.
    """
    for user in await Users(tx.connection, vault()).at_address(address):
        use = keys.use(SIGN_IN_LINK, "user", user.full_name)
        if await use_limits(tx.connection, [use], tx.now) is None:
            await _send_link(user, lang, tx)


async def open_session(user_id: str, tx: Transaction) -> str | None:
    """Sign a person in; returns the cookie's value, None for somebody who left meanwhile."""
    user = await Users(tx.connection, vault()).with_id(UUID(user_id))
    if user is None:
        return None
    token = new_token()
    session = Session(tx.new_id(), user.id, user.association, user.full_name)
    expires_at = await Sessions(tx.connection).open(
        session, fingerprint_of(token), timedelta(seconds=SESSION_SECONDS)
    )
    tx.publish(
        SessionOpened(
            session_id=session.id,
            user_id=user.id,
            association=user.association,
            fingerprint=fingerprint_of(token).hex(),
            expires_at=expires_at,
        )
    )
    return token


async def end_session(session_id: UUID, tx: Transaction) -> None:
    """It opens nothing here from now on, and nothing elsewhere within five seconds."""
    await Sessions(tx.connection).end(session_id)
    tx.publish(SessionEnded(session_id=session_id))


async def end_sessions_of(user: User, tx: Transaction) -> int:
    """Sign a person out of every browser; returns of how many. Links not yet used are closed."""
    await Links(tx.connection).close("signin", user.id, tx.now)
    sessions = await Sessions(tx.connection).open_of(user.id)
    for session_id in sessions:
        await end_session(session_id, tx)
    return len(sessions)


async def state_open_sessions(tx: Transaction) -> None:
    """The list that other services must have heard lately to believe a session."""
    listed = await Sessions(tx.connection).list_anew(LISTED_EVERY)
    if listed is None:
        return
    listed_at, session_ids = listed
    tx.publish(
        SessionsListed(list_id=tx.new_id(), listed_at=listed_at, session_ids=tuple(session_ids))
    )
    if not session_ids:
        await Sessions(tx.connection).forget_expired()


async def _send_link(user: User, lang: Lang, tx: Transaction) -> None:
    signin_id = tx.new_id()
    mark = tx.fingerprint("signin", signin_id)
    await Links(tx.connection).keep("signin", user.id, mark, tx.now + LINK_OPENS)
    tx.publish(
        SignInAsked(signin_id=signin_id, association=user.association, user_id=user.id, lang=lang)
    )
