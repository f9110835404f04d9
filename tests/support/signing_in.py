"""A person of an association who is signed in, as the events of registration tell other
services."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from shared.contracts.events import SessionOpened, SessionsListed
from shared.web.sessions import COOKIE, fingerprint_of, new_token
from tests.support.service_harness import ServiceHarness

FAR = timedelta(hours=1)


async def sign_in_elsewhere(harness: ServiceHarness, association: str) -> dict[str, str]:
    """The cookie of a session that registration has just opened, once the service has its events.

    The list of open sessions counts for an hour, so that a slow machine changes no test.
    """
    token, session_id = new_token(), uuid4()
    await harness.handle(
        SessionOpened(
            session_id=session_id,
            user_id=uuid4(),
            association=association,
            fingerprint=fingerprint_of(token).hex(),
            expires_at=datetime.now(UTC) + FAR,
        )
    )
    await hear_list(harness, [session_id], datetime.now(UTC) + FAR)
    return {COOKIE: token}


async def hear_list(harness: ServiceHarness, session_ids: list[UUID], listed_at: datetime) -> None:
    """Registration's list of open sessions."""
    await harness.handle(
        SessionsListed(list_id=uuid4(), listed_at=listed_at, session_ids=tuple(session_ids))
    )
