"""Links by their fingerprints, and the receipts that a page shows right after a form."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection, PlainConnection, share_change
from shared.persistence.columns import columns
from shared.persistence.database import Record


class Links:
    """One purpose each, with an expiry. A token is never stored."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(
        self, purpose: str, subject: object, fingerprint: bytes, expires_at: datetime
    ) -> None:
        """Keep a link by its fingerprint; one that is known keeps its end."""
        await _keep(self._connection, (fingerprint, purpose, str(subject), expires_at))

    async def subject(self, purpose: str, fingerprint: bytes, now: datetime) -> str | None:
        """What a link is about; None when it is unknown, used or expired, all the same."""
        value: str | None = await self._connection.fetchval(
            "SELECT subject FROM links WHERE fingerprint = $1 AND purpose = $2"
            " AND expires_at > $3 AND used_at IS NULL",
            fingerprint,
            purpose,
            now,
        )
        return value

    async def open(self, purpose: str, fingerprint: bytes, now: datetime) -> str | None:
        """The same, and remember that somebody had the link in hand."""
        subject: str | None = await self._connection.fetchval(
            "UPDATE links SET opened_at = coalesce(opened_at, $3) WHERE fingerprint = $1"
            " AND purpose = $2 AND expires_at > $3 AND used_at IS NULL RETURNING subject",
            fingerprint,
            purpose,
            now,
        )
        return subject

    async def was_opened(self, purpose: str, subject: object) -> bool:
        """Whether the link about a subject ever reached somebody."""
        return bool(
            await self._connection.fetchval(
                "SELECT true FROM links WHERE purpose = $1 AND subject = $2"
                " AND opened_at IS NOT NULL LIMIT 1",
                purpose,
                str(subject),
            )
        )

    async def close(self, purpose: str, subject: object, now: datetime) -> None:
        """Every link about a subject that is not used yet opens nothing any more."""
        await self._connection.execute(
            "UPDATE links SET used_at = $3 WHERE purpose = $1 AND subject = $2 AND used_at IS NULL",
            purpose, str(subject), now,
        )  # fmt: skip

    async def forget(self, purpose: str, subject: object) -> None:
        """As if the link had never been kept: it may be kept anew, with another end."""
        await self._connection.execute(
            "DELETE FROM links WHERE purpose = $1 AND subject = $2", purpose, str(subject)
        )

    async def use(self, purpose: str, fingerprint: bytes, now: datetime) -> str | None:
        """Use a link up; None when that was not possible. Only one of two at once succeeds."""
        subject: str | None = await self._connection.fetchval(
            "UPDATE links SET used_at = $3 WHERE fingerprint = $1 AND purpose = $2"
            " AND expires_at > $3 AND used_at IS NULL RETURNING subject",
            fingerprint,
            purpose,
            now,
        )
        return subject


@share_change
async def _keep(
    connection: PlainConnection, links: Sequence[tuple[bytes, str, str, datetime]]
) -> None:
    await connection.execute(
        "INSERT INTO links (fingerprint, purpose, subject, expires_at) SELECT * FROM"
        " unnest($1::bytea[], $2::text[], $3::text[], $4::timestamptz[])"
        " ON CONFLICT (fingerprint) DO NOTHING",
        *columns(links),
    )


class Receipts:
    """What was shown to whoever sent a form, the same for new and known people."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, receipt_id: UUID, side: str, guardian: bool, now: datetime) -> None:
        """Keep the receipt of an erasure; it names nobody."""
        await self._connection.execute(
            "INSERT INTO receipts (id, side, guardian, created_at) VALUES ($1, $2, $3, $4)",
            receipt_id,
            side,
            guardian,
            now,
        )

    async def with_id(self, receipt_id: UUID) -> Record | None:
        """A receipt by its id; None for an unknown one."""
        return await self._connection.fetchrow("SELECT * FROM receipts WHERE id = $1", receipt_id)
