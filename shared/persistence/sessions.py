"""Sessions in the database: registration's own, and the copies that other services keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shared.contracts.events import SessionEnded, SessionOpened, SessionsListed
from shared.contracts.events.base import Event
from shared.persistence.batch import Connection
from shared.persistence.database import Record
from shared.persistence.transaction import Transaction
from shared.service.definition import Handler

NEWS_HOLDS = timedelta(seconds=4.5)
"""How long the last list of open sessions counts. An end is effective everywhere after this."""
KEPT = timedelta(days=1)
"""How long a session is kept after it expired."""

_FIELDS = "s.id, s.user_id, s.association, s.user_name"
_ALIVE = "s.fingerprint = $1 AND s.ended_at IS NULL AND s.expires_at > now()"


@dataclass(frozen=True)
class Session:
    """A person of an association who is signed in. `user_name`: known to registration only."""

    id: UUID
    user_id: UUID
    association: str
    user_name: str | None = None

    @property
    def actor(self) -> str:
        """Who acts, for ledgers and records: `name@association`, else the person's id."""
        return self.user_name or f"user:{self.user_id}"


class Sessions:
    """All times are real ones, as PostgreSQL's clock or registration's tells them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(self, session: Session, fingerprint: bytes, lasts: timedelta) -> datetime:
        """Keep a new session; returns when it expires."""
        expires_at: datetime = await self._connection.fetchval(
            "INSERT INTO sessions (id, fingerprint, user_id, user_name, association, opened_at,"
            " expires_at) VALUES ($1, $2, $3, $4, $5, now(), now() + $6) RETURNING expires_at",
            session.id, fingerprint, session.user_id, session.user_name, session.association,
            lasts,
        )  # fmt: skip
        return expires_at

    async def own(self, fingerprint: bytes) -> Session | None:
        """The session behind a cookie, for the service that keeps them."""
        row = await self._connection.fetchrow(
            f"SELECT {_FIELDS} FROM sessions s WHERE {_ALIVE}",
            fingerprint,
        )
        return Session(**row) if row else None

    async def get_copy(self, fingerprint: bytes) -> Session | None:
        """The same from a copy: only while a recent list of registration holds it."""
        row = await self._connection.fetchrow(
            f"SELECT {_FIELDS} FROM sessions s, open_sessions o"
            f" WHERE {_ALIVE} AND s.id = ANY(o.session_ids) AND o.listed_at > now() - $2::interval",
            fingerprint, NEWS_HOLDS,
        )  # fmt: skip
        return Session(**row) if row else None

    async def end(self, session_id: UUID) -> None:
        """End it, also where its beginning is still to come."""
        await self._connection.execute(
            "INSERT INTO sessions (id, opened_at, expires_at, ended_at)"
            " VALUES ($1, now(), now(), now())"
            " ON CONFLICT (id) DO UPDATE SET ended_at = coalesce(sessions.ended_at, now())",
            session_id,
        )

    async def open_of(self, user_id: UUID) -> list[UUID]:
        """Sessions in which a person is signed in."""
        rows = await self._connection.fetch(
            "SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL"
            " AND expires_at > now() ORDER BY opened_at",
            user_id,
        )
        return [row["id"] for row in rows]

    async def list_open(self) -> list[Record]:
        """Everybody who is signed in, and since when."""
        return await self._connection.fetch(
            "SELECT user_name, opened_at, expires_at FROM sessions"
            " WHERE ended_at IS NULL AND expires_at > now() ORDER BY user_name, opened_at"
        )

    async def list_anew(self, pause: timedelta) -> tuple[datetime, list[UUID]] | None:
        """The list of open sessions and its instant, for one replica after each pause.

        None for the others, and while nobody is signed in and the last list said so.
        """
        row = await self._connection.fetchrow(
            "UPDATE open_sessions o SET listed_at = now(), session_ids = open.ids FROM ("
            "  SELECT coalesce(array_agg(id), '{}') AS ids FROM sessions"
            "  WHERE ended_at IS NULL AND expires_at > now()) open"
            " WHERE o.listed_at <= now() - $1::interval"
            " AND (open.ids <> '{}' OR o.session_ids <> '{}') RETURNING o.listed_at, open.ids",
            pause,
        )
        return (row["listed_at"], row["ids"]) if row else None

    async def forget_expired(self) -> None:
        """Delete sessions that ended longer than `KEPT` ago."""
        await self._connection.execute(
            "DELETE FROM sessions WHERE expires_at < now() - $1::interval", KEPT
        )


async def copy_opened(event: SessionOpened, tx: Transaction) -> None:
    """Keep a copy of a session that registration opened; one that has ended stays ended."""
    await tx.connection.execute(
        "INSERT INTO sessions (id, fingerprint, user_id, association, opened_at, expires_at)"
        " VALUES ($1, $2, $3, $4, now(), $5) ON CONFLICT (id) DO NOTHING",
        event.session_id, bytes.fromhex(event.fingerprint), event.user_id, event.association,
        event.expires_at,
    )  # fmt: skip


async def copy_ended(event: SessionEnded, tx: Transaction) -> None:
    """It opens nothing from now on."""
    await Sessions(tx.connection).end(event.session_id)


async def copy_list(event: SessionsListed, tx: Transaction) -> None:
    """Registration's word on which sessions are open; the latest counts, in whatever order."""
    changed = await tx.connection.execute(
        "UPDATE open_sessions SET listed_at = $1, session_ids = $2 WHERE listed_at < $1",
        event.listed_at, list(event.session_ids),
    )  # fmt: skip
    if changed == "UPDATE 1" and not event.session_ids:
        await Sessions(tx.connection).forget_expired()


SESSION_LISTENERS: dict[type[Event], Handler] = {
    SessionOpened: copy_opened,
    SessionEnded: copy_ended,
    SessionsListed: copy_list,
}
"""For the `subscribes` of every service but registration that has pages behind a sign-in."""
