"""The access ledger: who saw whose identity, when and why. Rows are only added."""

from datetime import datetime
from uuid import UUID

from shared.persistence.database import Connection


class AccessLog:
    """Append-only; the database refuses anything else."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def write(
        self, at: datetime, actor: str, person_id: UUID, what: str, reason: str
    ) -> None:
        """`actor`: a service, or `name@association`; `what`: contact or identity."""
        await self._connection.execute(
            "INSERT INTO ledger (at, actor, person_id, what, reason) VALUES ($1, $2, $3, $4, $5)",
            at,
            actor,
            person_id,
            what,
            reason,
        )
