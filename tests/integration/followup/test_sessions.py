"""A copy of a session opens pages only while a recent list of registration contains it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from itsdangerous import URLSafeTimedSerializer

from deploy.services import get_service
from shared.contracts.events import SessionEnded, SessionOpened
from shared.persistence.sessions import NEWS_HOLDS, SESSION_LISTENERS
from shared.web.sessions import COOKIE
from tests.integration.followup.pair import ASSOCIATION
from tests.support.service_harness import ServiceHarness
from tests.support.signing_in import hear_list, sign_in_elsewhere

FAR = timedelta(hours=2)


async def status(harness: ServiceHarness) -> int:
    return (await harness.client.get("/coordination")).status_code


@pytest.fixture
async def session_id(followup: ServiceHarness) -> UUID:
    """A session that is open, its cookie in the client's hands."""
    followup.client.cookies.update(await sign_in_elsewhere(followup, ASSOCIATION))
    assert await status(followup) == 200
    found: UUID = await followup.pool.fetchval("SELECT id FROM sessions")
    return found


async def test_the_end_of_a_session_closes_it(followup: ServiceHarness, session_id: UUID) -> None:
    await followup.handle(SessionEnded(session_id=session_id))
    assert await status(followup) == 403


async def test_it_is_closed_by_the_next_list_though_its_end_never_came(
    followup: ServiceHarness, session_id: UUID
) -> None:
    await hear_list(followup, [], datetime.now(UTC) + FAR)
    assert await status(followup) == 403


async def test_an_older_list_that_comes_late_opens_nothing_again(
    followup: ServiceHarness, session_id: UUID
) -> None:
    await hear_list(followup, [], datetime.now(UTC) + FAR)
    await hear_list(followup, [session_id], datetime.now(UTC))
    assert await status(followup) == 403


async def test_without_news_no_session_is_believed(
    followup: ServiceHarness, session_id: UUID
) -> None:
    await followup.pool.execute(
        "UPDATE open_sessions SET listed_at = now() - $1::interval", NEWS_HOLDS
    )
    assert await status(followup) == 403
    await hear_list(followup, [session_id], datetime.now(UTC) + FAR)
    assert await status(followup) == 200


async def test_a_beginning_that_comes_after_the_end_opens_nothing(
    followup: ServiceHarness, session_id: UUID
) -> None:
    row = await followup.fetch_row("DELETE FROM sessions RETURNING *")
    await followup.handle(SessionEnded(session_id=session_id))
    opened = SessionOpened(
        session_id=session_id,
        user_id=row["user_id"],
        association=ASSOCIATION,
        fingerprint=row["fingerprint"].hex(),
        expires_at=row["expires_at"],
    )
    await followup.handle(opened)
    assert await status(followup) == 403


async def test_a_session_ends_by_itself(followup: ServiceHarness, session_id: UUID) -> None:
    await followup.pool.execute("UPDATE sessions SET expires_at = now()")
    assert await status(followup) == 403


async def test_a_signed_cookie_of_earlier_versions_opens_nothing(followup: ServiceHarness) -> None:
    key = followup.runtime.settings.secret_key.get_secret_value()
    forged = URLSafeTimedSerializer(key, salt="binome-session").dumps(ASSOCIATION)
    followup.client.cookies.set(COOKIE, forged)
    assert await status(followup) == 403


async def test_the_copy_holds_neither_a_name_nor_the_cookie(
    followup: ServiceHarness, session_id: UUID
) -> None:
    row = await followup.fetch_row("SELECT * FROM sessions")
    assert row["user_name"] is None
    cookie = followup.client.cookies[COOKIE].encode()
    assert cookie not in row["fingerprint"]
    assert len(row["fingerprint"]) == 32


def test_every_service_with_pages_behind_a_sign_in_subscribes_to_sessions() -> None:
    for name in ("matching", "followup"):
        assert SESSION_LISTENERS.keys() <= get_service(name).subscribes.keys()
