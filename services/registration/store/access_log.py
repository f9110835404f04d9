"""The access ledger: who saw whose identity, when and why. Rows are only added."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection, PlainConnection, share_change
from shared.persistence.columns import columns


class AccessLog:
    """Append-only; the database refuses anything else."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def write(
        self, at: datetime, actor: str, person_id: UUID, what: str, reason: str
    ) -> None:
        """`actor`: a service, or `name@association`; `what`: contact or identity."""
        await _write(self._connection, (at, actor, person_id, what, reason))


@share_change
async def _write(
    connection: PlainConnection, entries: Sequence[tuple[datetime, str, UUID, str, str]]
) -> None:
    await connection.execute(
        "INSERT INTO ledger (at, actor, person_id, what, reason) SELECT * FROM"
        " unnest($1::timestamptz[], $2::text[], $3::uuid[], $4::text[], $5::text[])",
        *columns(entries),
    )
