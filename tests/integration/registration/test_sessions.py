"""Sessions where they are kept: opened by name, ended everywhere, listed for the others."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from services.registration.store import Users
from services.registration.use_cases.sign_in import (
    LISTED_EVERY,
    end_sessions_of,
    remove_user,
    state_open_sessions,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked
from shared.contracts.events import SessionEnded, SessionOpened, SessionsListed, SignInAsked
from shared.web.sessions import COOKIE
from tests.integration.registration.conftest import csrf, path_of, sign_in
from tests.support.service_harness import ServiceHarness

ASSOCIATION = "passerelle_idf"


async def open_session(s: ServiceHarness) -> SessionOpened:
    """A person signs in; the event about it."""
    return await sign_in(s, ASSOCIATION)


async def take_lists(s: ServiceHarness) -> list[SessionsListed]:
    """Lists stated after a pause that is over."""
    await s.pool.execute(
        "UPDATE open_sessions SET listed_at = now() - $1::interval", 2 * LISTED_EVERY
    )
    async with s.runtime.begin() as tx:
        await state_open_sessions(tx)
    return [event for event in await s.take_events() if isinstance(event, SessionsListed)]


async def count_shown(s: ServiceHarness) -> int:
    return (await s.client.get("/associations")).status_code


async def test_a_session_names_a_person_and_the_cookie_is_stored_nowhere(s: ServiceHarness) -> None:
    event = await open_session(s)
    cookie = s.client.cookies[COOKIE]
    assert len(cookie) >= 43
    assert event.fingerprint == hashlib.sha256(cookie.encode()).hexdigest()
    row = await s.fetch_row("SELECT * FROM sessions")
    assert row["user_name"] == f"camille@{ASSOCIATION}"
    outbox = await s.pool.fetch("SELECT body FROM outbox")
    assert [x for x in outbox if cookie in x["body"] or "camille" in x["body"]] == []


async def test_the_cookie_is_hidden_from_scripts_and_other_sites(s: ServiceHarness) -> None:
    await open_session(s)
    jar = {cookie.name: cookie for cookie in s.client.cookies.jar}
    assert jar[COOKIE].has_nonstandard_attr("HttpOnly")
    assert jar[COOKIE].get_nonstandard_attr("SameSite") == "lax"


async def test_the_old_cookie_opens_nothing_after_signing_out(s: ServiceHarness) -> None:
    event = await open_session(s)
    cookie = s.client.cookies[COOKIE]
    token = csrf((await s.client.get("/associations")).text)
    await s.client.post("/associations/sortie", data={"csrf": token})
    assert await s.take_events() == [SessionEnded(session_id=event.session_id)]
    s.client.cookies.set(COOKIE, cookie)
    assert await count_shown(s) == 303


async def test_the_form_token_does_not_show_the_cookie(s: ServiceHarness) -> None:
    await open_session(s)
    assert s.client.cookies[COOKIE] not in (await s.client.get("/associations")).text


async def test_open_sessions_are_listed_and_once_more_when_none_is_left(s: ServiceHarness) -> None:
    assert await take_lists(s) == []
    event = await open_session(s)
    (first,) = await take_lists(s)
    assert first.session_ids == (event.session_id,)
    await s.pool.execute("UPDATE sessions SET ended_at = now()")
    (last,) = await take_lists(s)
    assert last.session_ids == ()
    assert last.listed_at > first.listed_at
    assert await take_lists(s) == []


async def test_one_replica_lists_at_a_time(s: ServiceHarness) -> None:
    await open_session(s)
    assert len(await take_lists(s)) == 1
    async with s.runtime.begin() as tx:
        await state_open_sessions(tx)
    assert await s.take_events() == []


async def test_all_sessions_of_a_person_are_ended(s: ServiceHarness) -> None:
    await open_session(s)
    await sign_in(s, ASSOCIATION)
    await s.take_events()
    async with s.runtime.begin() as tx:
        user = await Users(tx.connection, vault()).get_by_name("camille", ASSOCIATION)
        assert user is not None
        assert await end_sessions_of(user, tx) == 2
    assert [type(event) for event in await s.take_events()] == [SessionEnded, SessionEnded]
    assert await count_shown(s) == 303


async def test_a_link_mailed_before_opens_nothing_after(s: ServiceHarness) -> None:
    await open_session(s)
    s.clock.advance(minutes=6)
    address = {"email": f"camille.{ASSOCIATION}@exemple.fr"}
    await s.client.post("/associations/entree", data=address)
    (asked,) = [event for event in await s.take_events() if isinstance(event, SignInAsked)]
    async with s.runtime.begin() as tx:
        user = await Users(tx.connection, vault()).get_by_name("camille", ASSOCIATION)
        assert user is not None
        await remove_user(user, tx)
    assert (await s.client.post(path_of(s, "signin", asked.signin_id))).status_code == 410
    assert await s.pool.fetchval("SELECT count(*) FROM users") == 0


async def test_the_address_is_sealed_and_given_for_a_message_only(s: ServiceHarness) -> None:
    await open_session(s)
    row = await s.fetch_row("SELECT * FROM users")
    kept = [value for value in dict(row).values() if isinstance(value, bytes)]
    assert [value for value in kept if b"exemple" in value] == []
    asked = ContactAsked(recipient="coordinator", person=str(row["id"]), purpose="signin_link")
    given: Any = await s.answer(CONTACT_QUEUE, asked)
    assert given.email == f"camille.{ASSOCIATION}@exemple.fr"


@pytest.mark.parametrize("passed", [timedelta(hours=11), timedelta(hours=13)])
async def test_a_session_lasts_twelve_hours(s: ServiceHarness, passed: timedelta) -> None:
    await open_session(s)
    await s.pool.execute("UPDATE sessions SET expires_at = expires_at - $1::interval", passed)
    assert await count_shown(s) == (200 if passed < timedelta(hours=12) else 303)
